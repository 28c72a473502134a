#include <libssh/libssh.h>
#include <libssh/callbacks.h>
#include <libssh/server.h>
#include <libssh/sftp.h>
#include <spawn.h>
#include <stdint.h>

/* Swift's Glibc is read without _GNU_SOURCE and so lacks this (glibc 2.34 and later). */
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

/* Likewise POSIX_SPAWN_SETSID (glibc 2.26 and later). */
static const int kvmctl_POSIX_SPAWN_SETSID = 0x80;

/* And eventfd (glibc 2.8 and later), whose flags are those of open(2). */
extern int eventfd(unsigned int count, int flags);

/* And memfd_create (glibc 2.27 and later). */
extern int memfd_create(const char *name, unsigned int flags);
