#ifndef CLDAP_H
#define CLDAP_H

#include <stdbool.h>
#include <stddef.h>

/// Loads libldap, once. May be called from any thread, and must be called before any other function here.
///
/// Returns null, or why it can't be loaded, in the loader's words.
const char *_Nullable cldap_load(void);

/// A connection, for one thread at a time.
typedef struct cldap_session cldap_session;

/// Where a directory is, and who asks.
typedef struct cldap_server {
  /// "ldap", "ldaps", or "ldapi".
  const char *_Nonnull scheme;
  /// A name or an address; for ldapi the path of a socket.
  const char *_Nonnull host;
  const char *_Nonnull port;
  /// Whether a connection without TLS is upgraded before anything is asked.
  bool starts_tls;
  /// The file with the certificates that are trusted.
  const char *_Nonnull authorities;
  /// The name to bind with; null to ask without one.
  const char *_Nullable name;
  const char *_Nullable password;
  long connect_milliseconds;
  /// How long TLS and the bind together may take.
  long bind_milliseconds;
  /// The largest answer in bytes.
  size_t answer_limit;
} cldap_server;

/// What became of a connection or a search.
typedef enum cldap_outcome {
  cldap_done,
  /// There was more than was asked for, or than the server gives.
  cldap_limited,
  cldap_timed_out,
  /// There is no connection, or no longer.
  cldap_unreachable,
  /// TLS can't be had, or the certificate can't be trusted.
  cldap_untrusted,
  /// The name or the password isn't accepted, or doesn't suffice.
  cldap_refused,
  /// The base isn't there.
  cldap_no_base,
  /// The entries are at another server.
  cldap_elsewhere,
  cldap_failed,
} cldap_outcome;

/// The outcome, and its reason in words of libldap or of the system, never of the server.
typedef struct cldap_result {
  cldap_outcome outcome;
  char reason[200];
} cldap_result;

/// Connects, secures the connection, and binds. The certificate is verified. Returns null where that fails.
cldap_session *_Nullable cldap_open(const cldap_server *_Nonnull server, cldap_result *_Nonnull result);
void cldap_close(cldap_session *_Nonnull session);

/// What is looked for.
typedef struct cldap_search {
  const char *_Nonnull base;
  const char *_Nonnull filter;
  /// The names of attributes, and how many these are.
  const char *_Nonnull const *_Nonnull attributes;
  int attribute_count;
  /// The most entries; more aren't read.
  int size_limit;
  /// The entries that are asked for at once.
  int page_size;
  long milliseconds;
  /// Called for each attribute of an entry that has a value, with its place and its first value, and with the place -1
  /// after the last one.
  void (*_Nonnull take)(void *_Nullable context, int place, const char *_Nonnull value, size_t length);
  void *_Nullable context;
} cldap_search;

/// Looks for entries below a base. References to other servers aren't followed.
cldap_result cldap_find(cldap_session *_Nonnull session, const cldap_search *_Nonnull search);

#endif
