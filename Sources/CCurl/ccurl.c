// The options that replace the old ones are newer than some libraries that this runs with.
#define CURL_DISABLE_DEPRECATION
#define CURL_DISABLE_TYPECHECK
#include "ccurl.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// libcurl's functions are called through pointers alone, so the macros that check their arguments aren't wanted.
#undef curl_easy_setopt
#undef curl_easy_getinfo

/// Each function of libcurl that is called.
#define FUNCTIONS(each) \
  each(curl_global_init) each(curl_easy_init) each(curl_easy_setopt) each(curl_easy_perform) \
      each(curl_easy_getinfo) each(curl_easy_reset) each(curl_easy_cleanup) each(curl_easy_strerror) \
          each(curl_slist_append) each(curl_slist_free_all)

static struct {
#define MEMBER(name) __typeof__(name) *name;
  FUNCTIONS(MEMBER)
} library;

static char reason[256];
static bool is_loaded;

static void load(void) {
  void *handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    snprintf(reason, sizeof reason, "%s", dlerror());
    return;
  }
#define FIND(name) \
  if (!(library.name = (__typeof__(library.name))dlsym(handle, #name))) { \
    snprintf(reason, sizeof reason, "it is too old and has no %s", #name); \
    return; \
  }
  FUNCTIONS(FIND)
  if (library.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    snprintf(reason, sizeof reason, "it can't be started");
    return;
  }
  is_loaded = true;
}

const char *ccurl_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return is_loaded ? NULL : reason;
}

struct ccurl_session {
  CURL *handle;
  unsigned char *body;
  size_t length, capacity, limit;
  bool is_too_large;
  const ccurl_request *request;
  char reason[CURL_ERROR_SIZE];
};

ccurl_session *ccurl_session_create(void) {
  ccurl_session *session = calloc(1, sizeof *session);
  if (!session) return NULL;
  session->handle = library.curl_easy_init();
  if (session->handle) return session;
  free(session);
  return NULL;
}

void ccurl_session_destroy(ccurl_session *session) {
  library.curl_easy_cleanup(session->handle);
  free(session->body);
  free(session);
}

static size_t take(char *data, size_t size, size_t count, void *context) {
  ccurl_session *session = context;
  if (size && count > SIZE_MAX / size) return 0;
  size_t added = size * count;
  if (added > session->limit - session->length) {
    session->is_too_large = true;
    return 0;
  }
  if (added > session->capacity - session->length) {
    size_t capacity = session->capacity ? session->capacity : 1 << 14;
    while (capacity - session->length < added) capacity *= 2;
    unsigned char *body = realloc(session->body, capacity);
    if (!body) return 0;
    session->body = body;
    session->capacity = capacity;
  }
  memcpy(session->body + session->length, data, added);
  session->length += added;
  return added;
}

static int look(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  (void)a, (void)b, (void)c, (void)d;
  ccurl_session *session = context;
  return session->request->is_wanted(session->request->context) ? 0 : 1;
}

static ccurl_outcome outcome(CURLcode code, const ccurl_session *session) {
  if (session->is_too_large) return ccurl_too_large;
  switch (code) {
    case CURLE_OK:
      return ccurl_answered;
    case CURLE_ABORTED_BY_CALLBACK:
      return ccurl_cancelled;
    case CURLE_FILESIZE_EXCEEDED:
      return ccurl_too_large;
    case CURLE_OPERATION_TIMEDOUT:
      return ccurl_timed_out;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return ccurl_unreachable;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return ccurl_untrusted;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return ccurl_cut_short;
    default:
      return ccurl_failed;
  }
}

/// Sends a GET, or a POST with a form.
static ccurl_response ask(ccurl_session *session, const ccurl_request *request, const char *form) {
  CURL *handle = session->handle;
  session->request = request;
  session->length = 0;
  session->limit = request->body_limit;
  session->is_too_large = false;
  session->reason[0] = 0;
  // Connections stay open.
  library.curl_easy_reset(handle);
  ccurl_response response = {.outcome = ccurl_failed, .reason = "out of memory"};
  struct curl_slist *headers = NULL;
  if (request->authorization && !(headers = library.curl_slist_append(NULL, request->authorization))) return response;
  bool is_set = true;
#define SET(option, value) is_set = is_set && library.curl_easy_setopt(handle, option, value) == CURLE_OK
  SET(CURLOPT_URL, request->url);
  if (form)
    SET(CURLOPT_POSTFIELDS, form);
  else
    SET(CURLOPT_HTTPGET, 1L);
  // An id may have dots.
  SET(CURLOPT_PATH_AS_IS, 1L);
  SET(CURLOPT_HTTPHEADER, headers);
  SET(CURLOPT_USERAGENT, request->user_agent);
  SET(CURLOPT_PROTOCOLS, (long)(request->is_loopback ? CURLPROTO_HTTP | CURLPROTO_HTTPS : CURLPROTO_HTTPS));
  SET(CURLOPT_REDIR_PROTOCOLS, 0L);
  SET(CURLOPT_FOLLOWLOCATION, 0L);
  SET(CURLOPT_SSL_VERIFYPEER, 1L);
  SET(CURLOPT_SSL_VERIFYHOST, 2L);
  SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  SET(CURLOPT_NOSIGNAL, 1L);
  SET(CURLOPT_CONNECTTIMEOUT_MS, request->connect_milliseconds);
  SET(CURLOPT_TIMEOUT_MS, request->total_milliseconds);
  SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->body_limit);
  SET(CURLOPT_ERRORBUFFER, session->reason);
  SET(CURLOPT_WRITEFUNCTION, take);
  SET(CURLOPT_WRITEDATA, session);
  SET(CURLOPT_NOPROGRESS, 0L);
  SET(CURLOPT_XFERINFOFUNCTION, look);
  SET(CURLOPT_XFERINFODATA, session);
  if (request->is_loopback) SET(CURLOPT_NOPROXY, "*");
  if (!is_set) {
    library.curl_slist_free_all(headers);
    response.reason = "libcurl lacks an option that it needs";
    return response;
  }
  CURLcode code = library.curl_easy_perform(handle);
  response.outcome = outcome(code, session);
  response.reason = session->reason[0] ? session->reason : library.curl_easy_strerror(code);
  if (code == CURLE_OK) {
    curl_off_t seconds = 0;
    char *location = NULL;
    library.curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &response.status);
    library.curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &seconds);
    library.curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &location);
    response.retry_after = seconds < 0 ? 0 : seconds > 86400 ? 86400 : (long)seconds;
    response.location = location;
    response.body = session->body;
    response.length = session->length;
  }
  // The key is in it, or in the form.
  library.curl_easy_setopt(handle, CURLOPT_HTTPHEADER, NULL);
  if (form) library.curl_easy_setopt(handle, CURLOPT_POSTFIELDS, NULL);
  library.curl_slist_free_all(headers);
  return response;
}

ccurl_response ccurl_get(ccurl_session *session, const ccurl_request *request) {
  return ask(session, request, NULL);
}

ccurl_response ccurl_post(ccurl_session *session, const ccurl_request *request, const char *form) {
  return ask(session, request, form);
}
