#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t cldap_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void *watch_descriptor(void *context) {
  cldap_watch *watch = context;
  struct timespec until = {.tv_sec = watch->deadline / 1000, .tv_nsec = watch->deadline % 1000 * 1000000};
  pthread_mutex_lock(&watch->lock);
  int error = 0;
  while (!watch->is_over && error != ETIMEDOUT) {
    error = pthread_cond_timedwait(&watch->changed, &watch->lock, &until);
  }
  if (!watch->is_over) {
    watch->has_expired = true;
    shutdown(watch->descriptor, SHUT_RDWR);
  }
  pthread_mutex_unlock(&watch->lock);
  return NULL;
}

void cldap_start_watch(cldap_watch *watch, int descriptor, int64_t deadline) {
  memset(watch, 0, sizeof *watch);
  // libldap may close its own, whose number then could be another's.
  watch->descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  watch->deadline = deadline;
  pthread_mutex_init(&watch->lock, NULL);
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&watch->changed, &attributes);
  pthread_condattr_destroy(&attributes);
  // Signals are for other threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  watch->is_running = pthread_create(&watch->thread, NULL, watch_descriptor, watch) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

bool cldap_end_watch(cldap_watch *watch) {
  pthread_mutex_lock(&watch->lock);
  watch->is_over = true;
  pthread_cond_signal(&watch->changed);
  pthread_mutex_unlock(&watch->lock);
  if (watch->is_running) pthread_join(watch->thread, NULL);
  if (watch->descriptor >= 0) close(watch->descriptor);
  pthread_cond_destroy(&watch->changed);
  pthread_mutex_destroy(&watch->lock);
  return watch->has_expired;
}

static sigset_t pipe_signal(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

cldap_pipe_guard cldap_hold_pipe_signal(void) {
  cldap_pipe_guard guard;
  sigset_t pending, set = pipe_signal();
  sigpending(&pending);
  guard.was_pending = sigismember(&pending, SIGPIPE) == 1;
  pthread_sigmask(SIG_BLOCK, &set, &guard.before);
  return guard;
}

void cldap_release_pipe_signal(cldap_pipe_guard guard) {
  sigset_t set = pipe_signal();
  struct timespec none = {0};
  if (!guard.was_pending) {
    while (sigtimedwait(&set, NULL, &none) < 0 && errno == EINTR) continue;
  }
  pthread_sigmask(SIG_SETMASK, &guard.before, NULL);
}
