#include "CNcurses.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

// MARK: Crash guard

static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT};
enum { crash_count = sizeof crashes / sizeof *crashes };

// Filled in before the handlers are installed, because a signal handler must not allocate or lock.
static struct {
  struct sigaction before[crash_count];
  struct termios termios;
  char restore[512];
  size_t length;
  volatile bool mouse;
  atomic_flag entered;
} guard;

static char crash_stack[65536];

// Button presses and the wheel, in SGR encoding: the default encoding can't express columns beyond 223.
static const char mouse_on[] = "\033[?1000h\033[?1006h", mouse_off[] = "\033[?1006l\033[?1000l";

static void on_crash(int signal_number, siginfo_t *info, void *context) {
  (void)context;
  if (!atomic_flag_test_and_set(&guard.entered)) {
    // In the background, `tcsetattr` would stop the program instead of letting it end.
    signal(SIGTTOU, SIG_IGN);
    ssize_t written = write(STDOUT_FILENO, guard.restore, guard.length);
    if (guard.mouse) written = write(STDOUT_FILENO, mouse_off, sizeof mouse_off - 1);
    (void)written;
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &guard.termios);
  }
  // Restores the previous handler, by default the one that ends the program. It is called in the context of the crash:
  // the signal is blocked in here and is delivered on return.
  for (int i = 0; i < crash_count; i++) {
    if (crashes[i] == signal_number) (void)sigaction(signal_number, &guard.before[i], NULL);
  }
  // Swift's handler, which writes crash reports, returns and expects the crash to happen again. A signal that another
  // process sent doesn't happen again, and the program would continue.
  if (info->si_code <= 0 && info->si_pid != getpid()) (void)signal(signal_number, SIG_DFL);
  (void)raise(signal_number);
}

// Appends a capability without its padding ("$<5/>"), which only hardware terminals need.
static void append_capability(const char *name) {
  const char *text = tigetstr((char *)name);
  if (text == NULL || text == (const char *)-1) return;
  while (*text != '\0' && guard.length < sizeof guard.restore) {
    const char *end;
    if (text[0] == '$' && text[1] == '<' && (end = strchr(text, '>')) != NULL) {
      text = end + 1;
    } else {
      guard.restore[guard.length++] = *text++;
    }
  }
}

static void install_guard(void) {
  guard.length = 0;
  static const char *const names[] = {"BD", "rmkx", "sgr0", "op", "rmcup", "cnorm"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) append_capability(names[i]);
  atomic_flag_clear(&guard.entered);
  // An alternate stack for the UI thread, so that the handler can run even after infinite recursion there.
  stack_t stack = {.ss_sp = crash_stack, .ss_size = sizeof crash_stack};
  (void)sigaltstack(&stack, NULL);
  struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_ONSTACK | SA_SIGINFO};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < crash_count; i++) (void)sigaction(crashes[i], &action, &guard.before[i]);
}

static void remove_guard(void) {
  for (int i = 0; i < crash_count; i++) (void)sigaction(crashes[i], &guard.before[i], NULL);
}

// MARK: Bracketed paste

static const char *extended(const char *name) {
  const char *text = tigetstr((char *)name);
  return text == (const char *)-1 ? NULL : text;
}

bool cncurses_has(const char *name) { return extended(name) != NULL; }

void cncurses_send(const void *bytes, size_t count) {
  const char *next = bytes;
  while (count > 0) {
    ssize_t written = write(STDOUT_FILENO, next, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    next += written;
    count -= (size_t)written;
  }
}

// MARK: Output without curses

static struct {
  char *bytes;
  size_t length, capacity;
} direct;

static int put_direct(int byte) {
  if (direct.length == direct.capacity) {
    size_t capacity = direct.capacity == 0 ? 1024 : direct.capacity * 2;
    char *bytes = realloc(direct.bytes, capacity);
    if (bytes == NULL) return EOF;
    direct.bytes = bytes;
    direct.capacity = capacity;
  }
  direct.bytes[direct.length++] = (char)byte;
  return byte;
}

void cncurses_place(int row, int column) { (void)tputs(tiparm(cursor_address, row, column), 1, put_direct); }

void cncurses_place_in_row(int row, int column) {
  if (column_address == NULL) {
    cncurses_place(row, column);
  } else {
    (void)tputs(tiparm(column_address, column), 1, put_direct);
  }
}

void cncurses_blanks(int count) {
  if (repeat_char != NULL && count > 8) {
    (void)tputs(tiparm(repeat_char, ' ', count), count, put_direct);
  } else {
    for (int i = 0; i < count; i++) (void)put_direct(' ');
  }
}

// Curses keeps the current style, so that it knows what to send next.
void cncurses_style(attr_t attributes, short pair) { (void)vid_puts(attributes, pair, NULL, put_direct); }

void cncurses_text(const char *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) (void)put_direct((unsigned char)bytes[i]);
}

void cncurses_erase_to_end(void) { (void)tputs(clr_eol, 1, put_direct); }

void cncurses_wrap(bool on) { (void)tputs(on ? enter_am_mode : exit_am_mode, 1, put_direct); }

bool cncurses_can_erase(void) { return clr_eol != NULL; }

bool cncurses_can_clip(void) { return enter_am_mode != NULL && exit_am_mode != NULL; }

void cncurses_flush(void) {
  cncurses_send(direct.bytes, direct.length);
  direct.length = 0;
}

// Bypasses curses, whose `putp` has its own buffer; this mode doesn't affect drawing.
static void set_paste(bool enabled) {
  const char *begin = extended("BE"), *end = extended("BD");
  if (begin == NULL || end == NULL) return;
  const char *text = enabled ? begin : end;
  cncurses_send(text, strlen(text));
}

// MARK: Mouse

static void send_mouse(bool on) {
  if (on) {
    cncurses_send(mouse_on, sizeof mouse_on - 1);
  } else {
    cncurses_send(mouse_off, sizeof mouse_off - 1);
  }
}

void cncurses_set_mouse(bool on) {
  if (on == guard.mouse) return;
  guard.mouse = on;
  send_mouse(on);
}

void cncurses_define_keys(void) {
  const char *begin = extended("PS"), *end = extended("PE");
  (void)define_key(begin != NULL ? begin : "\033[200~", cncurses_paste_begin);
  (void)define_key(end != NULL ? end : "\033[201~", cncurses_paste_end);
  const char *left = extended("kLFT5"), *right = extended("kRIT5");
  (void)define_key(left != NULL ? left : "\033[1;5D", cncurses_control_left);
  (void)define_key(right != NULL ? right : "\033[1;5C", cncurses_control_right);
  // Some terminal descriptions assign these to the Delete key and the left arrow.
  (void)define_key("\177", KEY_BACKSPACE);
  (void)define_key("\b", KEY_BACKSPACE);
  // Otherwise curses consumes the beginning of a mouse report, and the rest arrives as typed text.
  (void)keyok(KEY_MOUSE, false);
}

// MARK: The terminal

int cncurses_capability(const char *terminal) {
  int error = 0;
  if (setupterm((char *)terminal, STDOUT_FILENO, &error) != OK) return 0;
  int result = extended("cup") != NULL ? 2 : 1;
  (void)del_curterm(cur_term);
  return result;
}

struct cncurses_abilities cncurses_inspect(const char *terminal) {
  struct cncurses_abilities result = {0};
  int error = 0;
  if (setupterm((char *)terminal, STDOUT_FILENO, &error) != OK) return result;
  result.colors = tigetnum("colors");
  result.clipboard = extended("Ms") != NULL;
  result.mouse = extended("kmous") != NULL;
  result.paste = extended("BE") != NULL && extended("BD") != NULL;
  (void)del_curterm(cur_term);
  return result;
}

// MARK: Attributes

// Takes a text off the beginning of a capability, if it begins with it.
static void drop_prefix(const char *name, const char *prefix) {
  char *text = tigetstr((char *)name);
  if (text == NULL || text == (char *)-1 || strncmp(text, prefix, strlen(prefix)) != 0) return;
  memmove(text, text + strlen(prefix), strlen(text) - strlen(prefix) + 1);
}

// xterm's description selects the usual character set with each change of attributes, because curses could have selected
// the one with lines. It never does here: lines are Unicode, or ASCII. That is a tenth of what a key costs on a slow line.
// Must be called before the first attribute is sent.
static void keep_character_set(void) {
  drop_prefix("sgr", "%?%p9%t\033(0%e\033(B%;");
  drop_prefix("sgr0", "\033(B");
}

SCREEN *cncurses_open(void) {
  // The event loop handles these signals. Curses' own handlers could end the program or redraw at any point.
  static const int handled[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
  enum { count = sizeof handled / sizeof *handled };
  struct sigaction before[count];
  for (int i = 0; i < count; i++) (void)sigaction(handled[i], NULL, &before[i]);
  if (tcgetattr(STDIN_FILENO, &guard.termios) != 0) return NULL;
  SCREEN *screen = newterm(NULL, stdout, stdin);
  for (int i = 0; i < count; i++) (void)sigaction(handled[i], &before[i], NULL);
  if (screen == NULL) return NULL;
  guard.mouse = false;
  install_guard();
  keep_character_set();
  set_paste(true);
  return screen;
}

void cncurses_leave(void) {
  set_paste(false);
  if (guard.mouse) send_mouse(false);
  (void)endwin();
}

void cncurses_set_modes(void) {
  (void)reset_prog_mode();
  set_paste(true);
  if (guard.mouse) send_mouse(true);
}

void cncurses_enter(void) {
  (void)def_shell_mode();
  (void)tcgetattr(STDIN_FILENO, &guard.termios);
  cncurses_set_modes();
}

void cncurses_close(SCREEN *screen) {
  cncurses_leave();
  remove_guard();
  delscreen(screen);
}

int cncurses_color_pairs(void) { return COLOR_PAIRS; }

int cncurses_kernel_size(int *height, int *width) {
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return -1;
  *height = size.ws_row;
  *width = size.ws_col;
  return 0;
}

bool cncurses_input_ended(void) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  if (poll(&input, 1, 0) <= 0) return false;
  if (input.revents & (POLLHUP | POLLERR | POLLNVAL)) return true;
  int available = 0;
  return ioctl(STDIN_FILENO, FIONREAD, &available) != 0 || available == 0;
}
