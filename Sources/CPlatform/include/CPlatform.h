#ifndef JOBRAKER_CPLATFORM_H
#define JOBRAKER_CPLATFORM_H
#include <stdint.h>

// What Swift's own module of the C library leaves out.
#include <sys/epoll.h>
#include <sys/eventfd.h>

/// The user id of the process at the other end of a connected Unix socket, or -1.
int64_t jobraker_peer_uid(int fd);

/// Names the calling thread, for those who look at it from outside; at most 15 bytes.
void jobraker_name_thread(const char *name);

/// Gives back to the system what a start leaves behind and nothing needs again: whole pages of memory that was freed, and
/// pages of the program and its libraries that are only read. Of these the ones in use come back by themselves.
void jobraker_return_start_memory(void);
#endif
