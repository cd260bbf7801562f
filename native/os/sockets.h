// The system's own sockets, for code that both systems share. What their headers call differently has one name here.
#pragma once

#ifdef _WIN32
#include "os/windows/sockets.h"
#else
#include "os/linux/sockets.h"
#endif
