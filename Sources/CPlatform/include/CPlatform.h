#ifndef JOBRAKER_CPLATFORM_H
#define JOBRAKER_CPLATFORM_H
#include <stdint.h>

/// The user id of the process at the other end of a connected Unix socket, or -1.
int64_t jobraker_peer_uid(int fd);

/// Names the calling thread, for those who look at it from outside; at most 15 bytes.
void jobraker_name_thread(const char *name);

/// Gives whole pages of memory that was freed back to the system. What a start leaves behind is never needed again.
void jobraker_return_freed_memory(void);
#endif
