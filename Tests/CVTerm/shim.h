// libvterm, and what the terminal tests need of Linux that Swift's Glibc module lacks.
#pragma once

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

// glibc has these, but hides their declarations from Swift.
int posix_openpt(int flags);
int grantpt(int descriptor);
int unlockpt(int descriptor);
int ptsname_r(int descriptor, char *name, size_t size);
int pipe2(int descriptors[2], int flags);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

static const short cvterm_spawn_setsid = 0x80;  // POSIX_SPAWN_SETSID

/// A descriptor that becomes readable when the child ends; -1 and errno on failure.
static inline int cvterm_pidfd_open(pid_t child) { return (int)syscall(SYS_pidfd_open, child, 0); }

/// `write` that reports a pipe without a reader as EPIPE instead of killing the tests with SIGPIPE.
static inline ssize_t cvterm_write(int descriptor, const void *bytes, size_t count) {
  const struct timespec now = {0, 0};
  sigset_t broken, before;
  sigemptyset(&broken);
  sigaddset(&broken, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken, &before);
  ssize_t written = write(descriptor, bytes, count);
  int error = errno;
  if (written < 0 && error == EPIPE) sigtimedwait(&broken, NULL, &now);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = error;
  return written;
}

/// Whether two terminal settings are the same, the padding between their fields aside.
static inline bool cvterm_same_settings(const struct termios *a, const struct termios *b) {
  return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag
    && a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}

/// A palette index, 0x1RRGGBB for a direct colour, or -1 for the terminal's own.
static inline int cvterm_color(const VTermColor *color) {
  if (VTERM_COLOR_IS_DEFAULT_FG(color) || VTERM_COLOR_IS_DEFAULT_BG(color)) return -1;
  if (VTERM_COLOR_IS_INDEXED(color)) return color->indexed.idx;
  return 0x1000000 | color->rgb.red << 16 | color->rgb.green << 8 | color->rgb.blue;
}
