#include <libssh/libssh.h>
#include <libssh/callbacks.h>
#include <libssh/server.h>
#include <libssh/sftp.h>
#include <spawn.h>

/* Swift's Glibc is read without _GNU_SOURCE and so lacks this (glibc 2.34 and later). */
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
