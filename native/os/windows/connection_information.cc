#include "os/connection_information.h"

#include "os/error_numbers.h"

namespace rescind {

// Flows of Windows are asked of its QoS functions.
int connectionInformation(int, std::span<double, connectionNumbers>) noexcept { return -error::notSupported; }

}  // namespace rescind
