#ifndef CLDAP_WATCH_H
#define CLDAP_WATCH_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/// A time that only goes forward, in milliseconds.
int64_t cldap_now(void);

/// Ends a connection that is still in use after its time. libldap has time limits of its own, but keeps none while TLS is
/// agreed on.
typedef struct cldap_watch {
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  int64_t deadline;
  int descriptor;
  bool is_over, has_expired, is_running;
} cldap_watch;

/// Begins to watch a connection until a deadline.
void cldap_start_watch(cldap_watch *watch, int descriptor, int64_t deadline);

/// Ends that. Returns whether the time was up.
bool cldap_end_watch(cldap_watch *watch);

/// What libldap writes to a connection that the server has closed must not end the program.
typedef struct cldap_pipe_guard {
  sigset_t before;
  bool was_pending;
} cldap_pipe_guard;

/// Holds the signal back on this thread, and lets it come again without the one that came meanwhile.
cldap_pipe_guard cldap_hold_pipe_signal(void);
void cldap_release_pipe_signal(cldap_pipe_guard guard);

#endif
