#define _GNU_SOURCE
#include "CPlatform.h"
#include <pthread.h>
#include <sys/socket.h>

int64_t jobraker_peer_uid(int fd) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 ? (int64_t)peer.uid : -1;
}

void jobraker_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
