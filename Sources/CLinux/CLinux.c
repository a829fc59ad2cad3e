#define _GNU_SOURCE
#include <sys/socket.h>
#include "CLinux.h"
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

void linux_adaptive_mutex(pthread_mutex_t *mutex) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

unsigned linux_lost_datagrams(int descriptor) {
    // The ninth number of SO_MEMINFO (linux/sock_diag.h: SK_MEMINFO_DROPS).
    unsigned numbers[16] = {0};
    socklen_t size = sizeof numbers;
    if (getsockopt(descriptor, SOL_SOCKET, SO_MEMINFO, numbers, &size) != 0) return 0;
    return size >= 9 * sizeof numbers[0] ? numbers[8] : 0;
}

unsigned long linux_lost_datagrams_at(uint32_t address, unsigned port) {
    static const char *const tables[] = {"/proc/net/udp", "/proc/net/udp6"};
    unsigned long sum = 0;
    for (int i = 0; i < 2; i++) {
        FILE *table = fopen(tables[i], "re");
        if (table == NULL) continue;
        char line[512];
        while (fgets(line, sizeof line, table) != NULL) {
            char local[33];
            unsigned at, drops;
            // slot, local and remote address, state, queues, timer, retransmissions, user, timeout, inode, references, pointer
            if (sscanf(line, " %*d: %32[0-9A-F]:%x %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %u", local, &at, &drops) != 3 || at != port)
                continue;
            // An address of IPv4 is one word as it lies in memory; a socket of IPv6 may take both.
            unsigned long word = strlen(local) == 8 ? strtoul(local, NULL, 16) : 0;
            if (word == 0 || word == address) sum += drops;
        }
        fclose(table);
    }
    return sum;
}

static char last_words[4096];
static volatile size_t last_count;
static volatile int last_descriptor, last_status;
static void crash(int signal_number) {
    (void)signal_number;
    ssize_t unused = write(last_descriptor, last_words, last_count);
    (void)unused;
    _exit(last_status);
}
void linux_on_crash(const char *bytes, size_t count, int descriptor, int status) {
    struct sigaction action;
    if (count >= sizeof last_words) count = sizeof last_words - 1;
    last_count = 0;
    memcpy(last_words, bytes, count);
    last_descriptor = descriptor;
    last_status = status;
    last_count = count;
    memset(&action, 0, sizeof action);
    action.sa_handler = crash;
    action.sa_flags = SA_RESETHAND | SA_NODEFER;
    int signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
}

unsigned long long linux_memory_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return ~0ULL;
    return limit.rlim_cur;
}

int linux_processors(void) {
    cpu_set_t set;
    // More processors than the set has room for are many.
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}

int linux_drop_capabilities(void) {
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2];
    memset(none, 0, sizeof none);
    if (syscall(SYS_capset, &head, none) != 0) return -1;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
