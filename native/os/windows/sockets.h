// See os/sockets.h.
#pragma once

#include "os/windows/keep_alive.h"
#include "os/windows/system.h"
