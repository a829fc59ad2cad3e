#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

// Behind `fork` of a process with threads only calls that a signal handler may make are allowed: no memory is taken there.

static long long milliseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/// Calls `body` with each child that is not the shell. Returns how many there are, -1 where nobody can know.
static int strays(pid_t shell, void (*body)(pid_t)) {
    int list = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (list < 0) return -1;
    char text[4096];
    ssize_t n;
    int count = 0;
    long number = 0;
    while ((n = read(list, text, sizeof text)) > 0) {
        for (ssize_t i = 0; i < n; i++) {
            if (text[i] >= '0' && text[i] <= '9') {
                number = number * 10 + (text[i] - '0');
                continue;
            }
            if (number > 1 && number != shell) count++, body((pid_t)number);
            number = 0;
        }
    }
    close(list);
    return count;
}
static void reap(pid_t pid) { waitpid(pid, NULL, WNOHANG); }
static void end(pid_t pid) {
    kill(pid, SIGKILL);
    reap(pid);
}

/// Whether the shell has ended; it is not reaped, so that its number, which is that of its group, stays its own. Its status is
/// told once.
static int has_ended(pid_t shell, int channel, int *told) {
    if (*told) return 1;
    siginfo_t info;
    memset(&info, 0, sizeof info);
    if (waitid(P_PID, (id_t)shell, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != shell) return 0;
    int status = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    ssize_t unused = send(channel, &status, sizeof status, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)unused;
    *told = 1;
    return 1;
}

static void drain(int children) {
    struct signalfd_siginfo info;
    while (read(children, &info, sizeof info) > 0) {}
}

static _Noreturn void guard(pid_t shell, int channel, int children) {
    int told = 0;
    struct pollfd both[2] = {{channel, POLLIN, 0}, {children, POLLIN, 0}};
    while (1) {
        if (has_ended(shell, channel, &told)) strays(shell, reap);
        if (poll(both, 2, -1) < 0 && errno != EINTR) break;
        drain(children);
        char byte;
        ssize_t n = both[0].revents ? recv(channel, &byte, 1, MSG_DONTWAIT) : 1;
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) break;
    }
    // Asked first, killed after half a second.
    if (!has_ended(shell, channel, &told)) {
        kill(-shell, SIGTERM);
        long long until = milliseconds() + 500, left;
        while (!has_ended(shell, channel, &told) && (left = until - milliseconds()) > 0) {
            poll(both + 1, 1, (int)left);
            drain(children);
        }
    }
    kill(-shell, SIGKILL);
    // What left the group is a child of ours once those between are gone. One that we may not kill is not waited for.
    long long until = milliseconds() + 2000;
    while ((!has_ended(shell, channel, &told) || strays(shell, end) > 0) && milliseconds() < until) {
        poll(both + 1, 1, 1);
        drain(children);
    }
    _exit(0);
}

/// All descriptors but these two and the standard ones, which lead nowhere: a guard keeps no port and no pipe of ours.
static void close_others(int a, int b) {
    int low = a < b ? a : b, high = a < b ? b : a;
    int nowhere = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3 && nowhere >= 0; i++) dup2(nowhere, i);
#ifdef SYS_close_range
    if (low > 3) syscall(SYS_close_range, 3u, (unsigned)low - 1, 0u);
    if (high > low + 1) syscall(SYS_close_range, (unsigned)low + 1, (unsigned)high - 1, 0u);
    if (syscall(SYS_close_range, (unsigned)high + 1, ~0u, 0u) == 0) return;
#endif
    for (int i = 3; i < 65536; i++) if (i != low && i != high) close(i);
}

struct order {
    const char *command, *folder;
    char *const *environment;
    int input, printed, output;
};

static _Noreturn void become_shell(const struct order *o, int failed) {
    setpgid(0, 0);
    // Should the guard be killed, the shell at least goes with it.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    int printed = o->printed >= 0 ? o->printed : nowhere;
    // Copies with high numbers first: the given ones may be those that are replaced.
    int in = fcntl(o->input >= 0 ? o->input : nowhere, F_DUPFD_CLOEXEC, 3);
    int out = fcntl(o->output >= 0 ? o->output : printed, F_DUPFD_CLOEXEC, 3);
    int err = fcntl(printed, F_DUPFD_CLOEXEC, 3);
    dup2(in, 0);
    dup2(out, 1);
    dup2(err, 2);
    // What we ignore or hold back is our own affair: the command gets every signal as a shell would pass it on.
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (in >= 0 && out >= 0 && err >= 0 && nowhere >= 0 && chdir(o->folder) == 0) {
        char *const words[] = {"sh", "-c", (char *)o->command, NULL};
        execve("/bin/sh", words, o->environment);
    }
    int code = errno;
    ssize_t unused = write(failed, &code, sizeof code);
    (void)unused;
    _exit(127);
}

static _Noreturn void become_guard(const struct order *o, int channel, int failed) {
    setpgid(0, 0);
    prctl(PR_SET_NAME, "meshspec-guard");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    // An ignored SIGCHLD would reap the shell before its status is known.
    signal(SIGCHLD, SIG_DFL);
    // This process has one thread, and no memory has to be copied for what becomes a shell at once.
    pid_t shell = vfork();
    if (shell == 0) become_shell(o, failed);
    int code = errno;
    if (shell < 0) {
        ssize_t unused = write(failed, &code, sizeof code);
        (void)unused;
        _exit(127);
    }
    setpgid(shell, shell);
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    int children = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
    close_others(channel, children);
    guard(shell, channel, children);
}

/// Our environment with variables that go before it; nil without memory.
static const char **merged(const char *const *variables) {
    size_t own = 0, added = 0;
    while (environ && environ[own]) own++;
    while (variables && variables[added]) added++;
    const char **out = calloc(own + added + 1, sizeof *out);
    if (!out) return NULL;
    size_t n = 0;
    for (size_t i = 0; i < added; i++) out[n++] = variables[i];
    for (size_t i = 0; i < own; i++) {
        const char *equals = strchr(environ[i], '=');
        size_t length = equals ? (size_t)(equals - environ[i]) + 1 : strlen(environ[i]);
        int is_replaced = 0;
        for (size_t k = 0; k < added && !is_replaced; k++) is_replaced = strncmp(variables[k], environ[i], length) == 0;
        if (!is_replaced) out[n++] = environ[i];
    }
    return out;
}

int linux_spawn_shell(
    const char *command, const char *folder, const char *const *variables, int input, int printed, int output, pid_t *guard,
    int *channel) {
    int line[2], failed[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) != 0) return errno;
    const char **environment = merged(variables);
    int code = environment ? 0 : ENOMEM;
    if (code == 0 && pipe2(failed, O_CLOEXEC) != 0) code = errno;
    if (code != 0) {
        close(line[0]);
        close(line[1]);
        free(environment);
        return code;
    }
    struct order o = {command, folder, (char *const *)environment, input, printed, output};
    pid_t pid = fork();
    if (pid == 0) become_guard(&o, line[1], failed[1]);
    code = pid < 0 ? errno : 0;
    close(line[1]);
    close(failed[1]);
    free(environment);
    if (code == 0) {
        // The end of it comes with `exec`, or the reason why there is none.
        ssize_t n;
        while ((n = read(failed[0], &code, sizeof code)) < 0 && errno == EINTR) {}
        if (n != sizeof code) code = 0;
    }
    close(failed[0]);
    if (code == 0) {
        *guard = pid;
        *channel = line[0];
        return 0;
    }
    close(line[0]);
    if (pid > 0) while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
    return code;
}
