#pragma once
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

/// Standard error as a value: Swift 6 refuses the global variable.
static inline FILE *linux_stderr(void) { return stderr; }
/// Exit status of a process that `waitpid` reported, or 128 + its signal.
static inline int linux_exit_status(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }
