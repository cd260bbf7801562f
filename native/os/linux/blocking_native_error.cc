#include "os/blocking_result.h"

namespace rescind::blocking {

std::int32_t lastNativeError() noexcept { return 0; }

}  // namespace rescind::blocking
