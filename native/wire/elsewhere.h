// The operations that a lane leaves to others, from its column of ops.def, as the last labels of a switch without
// default. The switch handles the others by name: the compiler names one that is missing, and one that is there twice.
//
//   #define OP(name, code, uring, epoll, iocp, ioring, pool) RESCIND_ELSEWHERE(name, iocp)
//   #include "wire/ops.def"
//   #undef OP
#pragma once

#define RESCIND_ELSEWHERE(name, column) RESCIND_ELSEWHERE_##column(name)
#define RESCIND_ELSEWHERE_0(name) case Operation::name:
#define RESCIND_ELSEWHERE_1(name)
