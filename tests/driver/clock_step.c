/* Loaded into the program before all else: the wall clock stands off by as many milliseconds as the
   file named by ANLAN_CLOCK_STEP says (eight bytes, read anew at every look at the clock). */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile const int64_t* step_ms(void) {
    static volatile const int64_t* mapped;
    static const int64_t none;
    if (mapped != 0) return mapped;
    const char* name = getenv("ANLAN_CLOCK_STEP");
    const int file = name == 0 ? -1 : open(name, O_RDONLY | O_CLOEXEC);
    void* at = file < 0 ? MAP_FAILED : mmap(0, sizeof *mapped, PROT_READ, MAP_SHARED, file, 0);
    if (file >= 0) close(file);
    mapped = at == MAP_FAILED ? &none : at;
    return mapped;
}

int clock_gettime(clockid_t id, struct timespec* to) {
    if (syscall(SYS_clock_gettime, id, to) != 0) return -1;
    if (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE) return 0;
    const int64_t ns = to->tv_nsec + *step_ms() % 1000 * 1000000;
    to->tv_sec += *step_ms() / 1000 + (ns < 0 ? -1 : ns / 1000000000);
    to->tv_nsec = (ns + 1000000000) % 1000000000;
    return 0;
}

int gettimeofday(struct timeval* to, void* zone) {
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    to->tv_sec = now.tv_sec;
    to->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t* to) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (to != 0) *to = now.tv_sec;
    return now.tv_sec;
}
