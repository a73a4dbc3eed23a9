/* Makes a disk slow: every fsync and fdatasync waits SLOWSYNC_US microseconds before it does its work.
 *
 *     gcc -O2 -shared -fPIC -o slowsync.so slowsync.c -ldl
 *     LD_PRELOAD=./slowsync.so SLOWSYNC_US=4000 program
 *
 * A small VPS waits some 4 ms where a workstation waits a tenth of one, and what group commit is worth shows
 * only there. The wait is a sleep, so, as with a real disk, other threads go on meanwhile. It works for whatever
 * calls the C library's functions through a dynamic link, as Debian's libsqlite3 does.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static struct timespec wait_for;

__attribute__((constructor)) static void set_up(void) {
    real_fsync = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    const char *text = getenv("SLOWSYNC_US");
    long microseconds = text ? strtol(text, NULL, 10) : 0;
    if (microseconds < 0) microseconds = 0;
    wait_for.tv_sec = microseconds / 1000000;
    wait_for.tv_nsec = microseconds % 1000000 * 1000;
}

static void wait_for_the_disk(void) {
    struct timespec left = wait_for;
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) {}
}

int fsync(int file) {
    wait_for_the_disk();
    return real_fsync(file);
}

int fdatasync(int file) {
    wait_for_the_disk();
    return real_fdatasync(file);
}
