#define _GNU_SOURCE
#include "CPlatform.h"
#include <malloc.h>
#include <pthread.h>
#include <sys/socket.h>

int64_t jobraker_peer_uid(int fd) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 ? (int64_t)peer.uid : -1;
}

void jobraker_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

void jobraker_return_freed_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
