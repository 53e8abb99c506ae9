// libvterm, and what the terminal tests need of Linux that Swift's Glibc module lacks.
#pragma once

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
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
int accept4(int descriptor, struct sockaddr *address, socklen_t *size, int flags);
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

/// A palette index, 0x1RRGGBB for a direct color, or -1 for the terminal's own.
static inline int cvterm_color(const VTermColor *color) {
  if (VTERM_COLOR_IS_DEFAULT_FG(color) || VTERM_COLOR_IS_DEFAULT_BG(color)) return -1;
  if (VTERM_COLOR_IS_INDEXED(color)) return color->indexed.idx;
  return 0x1000000 | color->rgb.red << 16 | color->rgb.green << 8 | color->rgb.blue;
}

/// The font that dim text has in libvterm, which knows fonts that no program chooses, but not dim.
static const unsigned cvterm_dim_font = 1;

/// How far the sequence that begins with ESC [ has come.
struct cvterm_graphics {
  int place;      // 0 outside of one, 1 after ESC, 2 behind ESC [
  int parameter;  // the one that is being read
  int skip;       // how many parameters still belong to a color; -1 until its kind is known
  int dim;        // what the sequence says: 1 dim, -1 no longer, 0 nothing
};

static inline void cvterm_end_parameter(struct cvterm_graphics *graphics) {
  int parameter = graphics->parameter;
  graphics->parameter = 0;
  if (graphics->skip < 0) {
    graphics->skip = parameter == 5 ? 1 : parameter == 2 ? 3 : 0;
  } else if (graphics->skip > 0) {
    graphics->skip--;
  } else if (parameter == 38 || parameter == 48) {
    graphics->skip = -1;
  } else if (parameter == 2) {
    graphics->dim = 1;
  } else if (parameter == 0 || parameter == 22) {
    graphics->dim = -1;
  }
}

/// Hands a program's output on, and chooses the font of dim text after each sequence that begins or ends such.
static inline void cvterm_show(
  VTerm *terminal, struct cvterm_graphics *graphics, const char *bytes, size_t count) {
  size_t shown = 0;
  for (size_t i = 0; i < count; i++) {
    char byte = bytes[i];
    if (byte == 0x1b) {
      *graphics = (struct cvterm_graphics){.place = 1};
    } else if (graphics->place == 1) {
      graphics->place = byte == '[' ? 2 : 0;
    } else if (graphics->place == 2) {
      if (byte >= '0' && byte <= '9') {
        if (graphics->parameter < 1000) graphics->parameter = graphics->parameter * 10 + (byte - '0');
      } else if (byte == ';') {
        cvterm_end_parameter(graphics);
      } else {
        graphics->place = 0;
        if (byte != 'm') continue;
        cvterm_end_parameter(graphics);
        if (graphics->dim == 0) continue;
        vterm_input_write(terminal, bytes + shown, i + 1 - shown);
        shown = i + 1;
        vterm_input_write(terminal, graphics->dim > 0 ? "\033[11m" : "\033[10m", 5);
      }
    }
  }
  if (shown < count) vterm_input_write(terminal, bytes + shown, count - shown);
}
