#ifndef CPOSTGRES_H
#define CPOSTGRES_H

#include <stdio.h>

// libpq's own declarations. The functions are this module's, and forward to the library once it is loaded, so that a
// program starts where libpq isn't installed. They are hidden from other libraries, and from libpq itself.
#pragma GCC visibility push(hidden)
#include <postgresql/libpq-fe.h>
#pragma GCC visibility pop

/// Loads libpq, once. May be called from any thread, and must be called before any of its functions.
///
/// Returns null, or why it can't be loaded, in the loader's words.
const char *_Nullable cpostgres_load(void);

#endif
