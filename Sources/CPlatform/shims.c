#define _GNU_SOURCE
#include "CPlatform.h"
#include <link.h>
#include <malloc.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

int64_t jobraker_peer_uid(int fd) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 ? (int64_t)peer.uid : -1;
}

void jobraker_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

// What is only read can be read again: the pages stay in the system's cache of the file, and come back when they are used.
static int leave_unwritten(struct dl_phdr_info *object, size_t size, void *unused) {
    (void)size, (void)unused;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int number = 0; number < object->dlpi_phnum; number++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[number];
        if (part->p_type != PT_LOAD || (part->p_flags & PF_W)) continue;
        uintptr_t begin = object->dlpi_addr + part->p_vaddr, end = begin + part->p_filesz;
        begin &= ~(page - 1);
        end &= ~(page - 1);
        if (end > begin) madvise((void *)begin, end - begin, MADV_DONTNEED);
    }
    return 0;
}

void jobraker_return_start_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    dl_iterate_phdr(leave_unwritten, NULL);
}
