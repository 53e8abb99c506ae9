#ifndef ORGMAN_CNCURSES_H
#define ORGMAN_CNCURSES_H

// ncurses with wide characters, and small shims for what Swift can't import: macros, global variables, and the
// code of a signal handler.

#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1
#endif
#include <ncurses.h>

static const attr_t cncurses_bold = A_BOLD;
static const attr_t cncurses_dim = A_DIM;
static const attr_t cncurses_underlined = A_UNDERLINE;
static const attr_t cncurses_reversed = A_REVERSE;

/// What `cncurses_next` returns at the start and end of pasted text; outside the range of curses' own key codes.
static const int cncurses_paste_begin = 0x7F00;
static const int cncurses_paste_end = 0x7F01;
/// What it returns for Control plus an arrow key.
static const int cncurses_control_left = 0x7F02;
static const int cncurses_control_right = 0x7F03;

/// 0 if the machine has no description of the terminal, 1 if the terminal can't position its cursor, 2
/// if it can. Writes nothing.
int cncurses_capability(const char *terminal);

/// Optional abilities of a terminal, from its description. A terminal without a description has none of them.
struct cncurses_abilities {
  int colors;
  bool clipboard, mouse, paste;
};

/// Reads the description of a terminal. Writes nothing.
struct cncurses_abilities cncurses_inspect(const char *terminal);

/// Calls `newterm` for TERM on standard input and output, keeps the existing signal handlers, and installs the crash
/// guard, which restores the terminal if the program crashes. Returns NULL on failure.
SCREEN *cncurses_open(void);

/// Defines keys that terminal descriptions lack or get wrong. Call this after `keypad`, which
/// loads the description's keys.
void cncurses_define_keys(void);

/// Restores the terminal to its state at `cncurses_open`, before the program is suspended.
void cncurses_leave(void);

/// Sets the terminal modes that the program uses again, because another program may have changed them.
void cncurses_set_modes(void);

/// Takes over the terminal again after `cncurses_leave`, keeping any settings the user changed in between. The next
/// `doupdate` repaints the screen.
void cncurses_enter(void);

/// Restores the terminal for good and removes the crash guard.
void cncurses_close(SCREEN *screen);

/// Turns mouse reports on or off. They are off while the terminal is handed back.
void cncurses_set_mouse(bool on);

/// Whether the terminal's description has a string capability of this name, including extended ones.
bool cncurses_has(const char *name);

/// Writes to the terminal, bypassing curses. Use it only for output that doesn't affect drawing.
void cncurses_send(const void *bytes, size_t count);

/// Output that curses doesn't know of is collected in a buffer and sent by `cncurses_flush`, after `doupdate`. These move
/// the cursor, choose the style of what follows, add text, and erase the rest of the row.
void cncurses_place(int row, int column);
/// Moves the cursor within its row, which is shorter on most terminals.
void cncurses_place_in_row(int row, int column);
void cncurses_style(attr_t attributes, short pair);
void cncurses_text(const char *bytes, size_t count);
void cncurses_blanks(int count);
void cncurses_erase_to_end(void);
/// Whether text beyond the last column continues in the next row, as it does unless it is switched off.
void cncurses_wrap(bool on);
/// Whether the terminal can erase the rest of a row, and switch wrapping off.
bool cncurses_can_erase(void);
bool cncurses_can_clip(void);
/// Sends what was collected. The cursor must be where curses left it, and the style plain.
void cncurses_flush(void);

/// The number of color pairs, including pair 0 (the terminal's own colors).
int cncurses_color_pairs(void);

/// Gets the terminal's size from the kernel. Returns 0, or -1 if it is unknown.
int cncurses_kernel_size(int *height, int *width);

/// Whether input has ended: the other side hung up, or the next read would return end-of-file.
bool cncurses_input_ended(void);

#endif
