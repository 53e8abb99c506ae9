#ifndef CCURL_H
#define CCURL_H

#include <stdbool.h>
#include <stddef.h>

/// Loads libcurl, once. May be called from any thread, and must be called before any other function here.
///
/// Returns null, or why it can't be loaded, in the loader's words.
const char *_Nullable ccurl_load(void);

/// A connection that is kept for the next request, for one thread at a time.
typedef struct ccurl_session ccurl_session;

ccurl_session *_Nullable ccurl_session_create(void);
void ccurl_session_destroy(ccurl_session *_Nonnull session);

/// What is asked, and how much of an answer is taken.
typedef struct ccurl_request {
  const char *_Nonnull url;
  /// The whole line: "Authorization: Bearer KEY"; null for none.
  const char *_Nullable authorization;
  const char *_Nonnull user_agent;
  /// Whether plain http is allowed, which then goes through no proxy.
  bool is_loopback;
  long connect_milliseconds;
  long total_milliseconds;
  size_t body_limit;
  /// Asked at least once a second; false ends the request.
  bool (*_Nonnull is_wanted)(void *_Nullable context);
  void *_Nullable context;
} ccurl_request;

/// What became of a request.
typedef enum ccurl_outcome {
  ccurl_answered,
  ccurl_cancelled,
  ccurl_too_large,
  ccurl_timed_out,
  ccurl_unreachable,
  ccurl_untrusted,
  ccurl_cut_short,
  ccurl_failed,
} ccurl_outcome;

/// An answer. The body and the place are the session's, and last until the next request.
typedef struct ccurl_response {
  ccurl_outcome outcome;
  long status;
  const unsigned char *_Nullable body;
  size_t length;
  /// In seconds; 0 where the service doesn't say.
  long retry_after;
  /// Where a redirect leads, which isn't followed.
  const char *_Nullable location;
  /// The reason the request failed, as libcurl reports it.
  const char *_Nonnull reason;
} ccurl_response;

/// Sends a GET and waits for the answer. Redirects aren't followed, and certificates are verified.
ccurl_response ccurl_get(ccurl_session *_Nonnull session, const ccurl_request *_Nonnull request);

/// Sends a form with a POST, as it takes to be given a token, and waits for the answer, under the same conditions.
ccurl_response ccurl_post(ccurl_session *_Nonnull session, const ccurl_request *_Nonnull request,
                          const char *_Nonnull form);

#endif
