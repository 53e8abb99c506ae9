#ifndef ORGMAN_CNCURSES_H
#define ORGMAN_CNCURSES_H

// ncurses with wide characters, and small shims for what Swift can't import: macros, global
// variables, and what a signal handler has to do.

#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1
#endif
#include <ncurses.h>

static const attr_t cncurses_bold = A_BOLD;
static const attr_t cncurses_dim = A_DIM;
static const attr_t cncurses_underlined = A_UNDERLINE;
static const attr_t cncurses_reversed = A_REVERSE;

/// What `cncurses_next` returns at the borders of pasted text, beyond every code of curses' own.
static const int cncurses_paste_begin = 0x7F00;
static const int cncurses_paste_end = 0x7F01;
/// What it returns for the arrows with Control.
static const int cncurses_control_left = 0x7F02;
static const int cncurses_control_right = 0x7F03;

/// Whether the machine has a description of the terminal (or else 0), and whether that terminal can
/// place its cursor (2, or else 1). Writes nothing.
int cncurses_capability(const char *terminal);

/// What the description of a terminal has beyond what a screen needs; nothing where there is none.
struct cncurses_abilities {
  int colors;
  bool clipboard, mouse, paste;
};

/// Looks at the description of a terminal. Writes nothing.
struct cncurses_abilities cncurses_inspect(const char *terminal);

/// `newterm` for TERM on standard input and output, keeping the signal handlers that were there, and
/// with the crash guard: when the program crashes, the terminal is restored first. NULL on failure.
SCREEN *cncurses_open(void);

/// Defines what descriptions lack or get wrong; after `keypad`, which loads theirs.
void cncurses_define_keys(void);

/// Hands the terminal back as it was at `cncurses_open`; for a suspension.
void cncurses_leave(void);

/// Sets the terminal's modes for the program, as they were set before: after others may have changed them.
void cncurses_set_modes(void);

/// Takes it again, keeping what the user changed about it meanwhile; the next `doupdate` paints.
void cncurses_enter(void);

/// Hands the terminal back for good, and removes the crash guard.
void cncurses_close(SCREEN *screen);

/// Lets the terminal send what is done with the mouse, or no longer, for as long as it isn't handed back.
void cncurses_set_mouse(bool on);

/// Whether the description of the terminal has a text by this name, an extension of ncurses' own too.
bool cncurses_has(const char *name);

/// Writes to the terminal past curses: for what concerns no drawing.
void cncurses_send(const void *bytes, size_t count);

/// How many pairs of colors there can be, the terminal's own (pair 0) counted.
int cncurses_color_pairs(void);

/// The size by the kernel. 0, or -1 if it doesn't know.
int cncurses_kernel_size(int *height, int *width);

/// Whether input is over: the other side hung up, or reading gives no more than an end of file.
bool cncurses_input_ended(void);

#endif
