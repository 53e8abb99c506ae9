#include "cldap.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ldap.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "watch.h"

// Functions that are exported, and which some versions of the header don't declare.
int ldap_init_fd(ber_socket_t, int, const char *, LDAP **);
#ifndef LDAP_PROTO_TCP
#define LDAP_PROTO_TCP 1
#endif

/// Each function of libldap, and of liblber that comes with it, that is called.
#define FUNCTIONS(each) \
  each(ldap_init_fd) each(ldap_set_option) each(ldap_get_option) each(ldap_install_tls) each(ldap_start_tls_s) \
      each(ldap_sasl_bind_s) each(ldap_unbind_ext_s) each(ldap_search_ext) each(ldap_result) each(ldap_abandon_ext) \
          each(ldap_msgtype) each(ldap_msgfree) each(ldap_parse_result) each(ldap_get_values_len) \
              each(ldap_value_free_len) each(ldap_create_page_control) each(ldap_parse_pageresponse_control) \
                  each(ldap_control_find) each(ldap_control_free) each(ldap_controls_free) each(ldap_err2string) \
                      each(ldap_memfree) each(ber_sockbuf_ctrl) each(ber_memfree)

static struct {
#define MEMBER(name) __typeof__(name) *name;
  FUNCTIONS(MEMBER)
} library;

static char loading_reason[256];
static bool is_loaded;

static void load(void) {
  // The last is the one that several threads may use where there are two.
  static const char *const names[] = {"libldap.so.2", "libldap-2.5.so.0", "libldap_r-2.4.so.2"};
  void *handle = NULL;
  for (size_t index = 0; !handle && index < sizeof names / sizeof *names; index++) {
    handle = dlopen(names[index], RTLD_NOW | RTLD_LOCAL);
    if (!handle && index == 0) snprintf(loading_reason, sizeof loading_reason, "%s", dlerror());
  }
  if (!handle) return;
#define FIND(name) \
  if (!(library.name = (__typeof__(library.name))dlsym(handle, #name))) { \
    snprintf(loading_reason, sizeof loading_reason, "it has no %s", #name); \
    return; \
  }
  FUNCTIONS(FIND)
  is_loaded = true;
}

const char *cldap_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return is_loaded ? NULL : loading_reason;
}

// MARK: Connecting

struct cldap_session {
  LDAP *handle;
  int descriptor;
};

static cldap_result make_result(cldap_outcome outcome, const char *reason) {
  cldap_result result = {.outcome = outcome};
  snprintf(result.reason, sizeof result.reason, "%s", reason ? reason : "");
  return result;
}

/// Returns whether a socket is connected, or otherwise an error's number.
static int connect_by(int descriptor, const struct sockaddr *address, socklen_t length, int64_t deadline) {
  if (connect(descriptor, address, length) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  while (true) {
    int64_t left = deadline - cldap_now();
    if (left <= 0) return ETIMEDOUT;
    struct pollfd waiting = {.fd = descriptor, .events = POLLOUT};
    int count = poll(&waiting, 1, left > 60000 ? 60000 : (int)left);
    if (count < 0 && errno != EINTR) return errno;
    if (count > 0) break;
  }
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

static int connect_local(const char *path, int64_t deadline, cldap_result *result) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    *result = make_result(cldap_unreachable, "the path of the socket is too long");
    return -1;
  }
  strcpy(address.sun_path, path);
  int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int error =
      descriptor < 0 ? errno : connect_by(descriptor, (struct sockaddr *)&address, sizeof address, deadline);
  if (!error) return descriptor;
  if (descriptor >= 0) close(descriptor);
  *result = make_result(cldap_unreachable, strerror(error));
  return -1;
}

static int connect_network(const cldap_server *server, int64_t deadline, cldap_result *result) {
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found = NULL;
  int code = getaddrinfo(server->host, server->port, &hints, &found);
  if (code != 0) {
    *result = make_result(cldap_unreachable, gai_strerror(code));
    return -1;
  }
  int descriptor = -1, error = 0;
  for (struct addrinfo *each = found; each; each = each->ai_next) {
    descriptor = socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, each->ai_protocol);
    error = descriptor < 0 ? errno : connect_by(descriptor, each->ai_addr, each->ai_addrlen, deadline);
    if (!error) break;
    if (descriptor >= 0) close(descriptor);
    descriptor = -1;
  }
  freeaddrinfo(found);
  if (descriptor < 0) {
    *result = make_result(error == ETIMEDOUT ? cldap_timed_out : cldap_unreachable, strerror(error));
  }
  return descriptor;
}

/// The outcome of an operation. What the server says in words is left out.
static cldap_result outcome(LDAP *handle, int code, bool is_securing) {
  switch (code) {
    case LDAP_SUCCESS:
      return make_result(cldap_done, "");
    case LDAP_SIZELIMIT_EXCEEDED:
    case LDAP_ADMINLIMIT_EXCEEDED:
      return make_result(cldap_limited, library.ldap_err2string(code));
    case LDAP_TIMELIMIT_EXCEEDED:
    case LDAP_TIMEOUT:
      return make_result(cldap_timed_out, library.ldap_err2string(code));
    case LDAP_INVALID_CREDENTIALS:
    case LDAP_INSUFFICIENT_ACCESS:
    case LDAP_INAPPROPRIATE_AUTH:
    case LDAP_STRONG_AUTH_REQUIRED:
    case LDAP_CONFIDENTIALITY_REQUIRED:
    case LDAP_UNWILLING_TO_PERFORM:
      return make_result(cldap_refused, library.ldap_err2string(code));
    case LDAP_NO_SUCH_OBJECT:
      return make_result(cldap_no_base, library.ldap_err2string(code));
    case LDAP_REFERRAL:
      return make_result(cldap_elsewhere, library.ldap_err2string(code));
    default:
      break;
  }
  if (is_securing) {
    // The library's own words about TLS. Those of a server come with positive codes.
    char *words = NULL;
    if (code < 0) library.ldap_get_option(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE, &words);
    cldap_result result =
        make_result(cldap_untrusted, words && *words && *words != '(' ? words : "");
    if (words) library.ldap_memfree(words);
    return result;
  }
  bool is_gone = code == LDAP_SERVER_DOWN || code == LDAP_CONNECT_ERROR || code == LDAP_UNAVAILABLE ||
                 code == LDAP_BUSY;
  return make_result(is_gone ? cldap_unreachable : cldap_failed, library.ldap_err2string(code));
}

/// Settings that hold whatever files and variables of libldap say, one of which is looked for in the current directory.
static bool set_options(LDAP *handle, const cldap_server *server) {
  int version = LDAP_VERSION3, demand = LDAP_OPT_X_TLS_DEMAND, deref = LDAP_DEREF_NEVER, zero = 0;
  struct timeval timeout = {.tv_sec = server->bind_milliseconds / 1000,
                            .tv_usec = server->bind_milliseconds % 1000 * 1000};
  bool is_set = true;
#define SET(option, value) is_set = is_set && library.ldap_set_option(handle, option, value) == LDAP_OPT_SUCCESS
  SET(LDAP_OPT_PROTOCOL_VERSION, &version);
  SET(LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
  // Any address means on.
  SET(LDAP_OPT_RESTART, &version);
  SET(LDAP_OPT_DEREF, &deref);
  SET(LDAP_OPT_SIZELIMIT, &zero);
  SET(LDAP_OPT_TIMELIMIT, &zero);
  SET(LDAP_OPT_TIMEOUT, &timeout);
  if (!server->starts_tls && strcmp(server->scheme, "ldaps") != 0) return is_set;
  SET(LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
  SET(LDAP_OPT_X_TLS_CACERTFILE, server->authorities);
  // Not every TLS library that libldap is built with has these.
  int oldest = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
  (void)library.ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTDIR, NULL);
  (void)library.ldap_set_option(handle, LDAP_OPT_X_TLS_CERTFILE, NULL);
  (void)library.ldap_set_option(handle, LDAP_OPT_X_TLS_KEYFILE, NULL);
  (void)library.ldap_set_option(handle, LDAP_OPT_X_TLS_PROTOCOL_MIN, &oldest);
  SET(LDAP_OPT_X_TLS_NEWCTX, &zero);
  return is_set;
}

static int secure_and_bind(LDAP *handle, const cldap_server *server, bool *is_securing) {
  *is_securing = true;
  if (strcmp(server->scheme, "ldaps") == 0) {
    int code = library.ldap_install_tls(handle);
    if (code != LDAP_SUCCESS) return code;
  } else if (server->starts_tls) {
    int code = library.ldap_start_tls_s(handle, NULL, NULL);
    if (code != LDAP_SUCCESS) return code;
  }
  *is_securing = false;
  size_t length = server->password ? strlen(server->password) : 0;
  struct berval credentials = {.bv_len = length, .bv_val = (char *)server->password};
  return library.ldap_sasl_bind_s(handle, server->name ? server->name : "", LDAP_SASL_SIMPLE, &credentials, NULL, NULL,
                                  NULL);
}

static cldap_session *open_session(const cldap_server *server, cldap_result *result) {
  bool is_local = strcmp(server->scheme, "ldapi") == 0;
  int64_t deadline = cldap_now() + server->connect_milliseconds;
  int descriptor =
      is_local ? connect_local(server->host, deadline, result) : connect_network(server, deadline, result);
  if (descriptor < 0) return NULL;
  int flags = fcntl(descriptor, F_GETFL);
  fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK);

  // The host is there for the certificate to be compared with.
  char url[512];
  bool has_colon = strchr(server->host, ':') != NULL;
  int length = is_local ? snprintf(url, sizeof url, "ldapi:///")
                        : snprintf(url, sizeof url, has_colon ? "%s://[%s]:%s" : "%s://%s:%s", server->scheme,
                                   server->host, server->port);
  LDAP *handle = NULL;
  int code = length < 0 || (size_t)length >= sizeof url
                 ? LDAP_PARAM_ERROR
                 : library.ldap_init_fd(descriptor, LDAP_PROTO_TCP, url, &handle);
  if (code != LDAP_SUCCESS) {
    close(descriptor);
    *result = make_result(cldap_failed, library.ldap_err2string(code));
    return NULL;
  }
  cldap_session *session = calloc(1, sizeof *session);
  Sockbuf *buffer = NULL;
  ber_len_t limit = server->answer_limit;
  if (!session || !set_options(handle, server) ||
      library.ldap_get_option(handle, LDAP_OPT_SOCKBUF, &buffer) != LDAP_OPT_SUCCESS || !buffer ||
      library.ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &limit) < 0) {
    *result = make_result(cldap_failed, "libldap lacks an option that it needs, or the file with certificates is missing");
    library.ldap_unbind_ext_s(handle, NULL, NULL);
    free(session);
    return NULL;
  }
  cldap_watch watch;
  cldap_start_watch(&watch, descriptor, cldap_now() + server->bind_milliseconds);
  bool is_securing = false;
  code = secure_and_bind(handle, server, &is_securing);
  bool has_expired = cldap_end_watch(&watch);
  if (code == LDAP_SUCCESS && !has_expired) {
    session->handle = handle;
    session->descriptor = descriptor;
    *result = make_result(cldap_done, "");
    return session;
  }
  *result = has_expired ? make_result(cldap_timed_out, "") : outcome(handle, code, is_securing);
  library.ldap_unbind_ext_s(handle, NULL, NULL);
  free(session);
  return NULL;
}

cldap_session *cldap_open(const cldap_server *server, cldap_result *result) {
  cldap_pipe_guard guard = cldap_hold_pipe_signal();
  cldap_session *session = open_session(server, result);
  cldap_release_pipe_signal(guard);
  return session;
}

void cldap_close(cldap_session *session) {
  cldap_pipe_guard guard = cldap_hold_pipe_signal();
  library.ldap_unbind_ext_s(session->handle, NULL, NULL);
  cldap_release_pipe_signal(guard);
  free(session);
}

// MARK: Searching

static void take_entry(LDAP *handle, LDAPMessage *entry, const cldap_search *search) {
  for (int place = 0; place < search->attribute_count; place++) {
    struct berval **values = library.ldap_get_values_len(handle, entry, search->attributes[place]);
    if (values && values[0]) search->take(search->context, place, values[0]->bv_val, values[0]->bv_len);
    if (values) library.ldap_value_free_len(values);
  }
  search->take(search->context, -1, "", 0);
}

/// Reads one page. `cookie` is the place where the next one begins, with a length of 0 at the end.
static cldap_result find_page(LDAP *handle, const cldap_search *search, int64_t deadline, struct berval *cookie,
                              int *count) {
  LDAPControl *paging = NULL;
  int code = library.ldap_create_page_control(handle, search->page_size, cookie->bv_val ? cookie : NULL, 0, &paging);
  if (code != LDAP_SUCCESS) return outcome(handle, code, false);
  LDAPControl *controls[] = {paging, NULL};
  int64_t left = deadline - cldap_now();
  if (left < 1) left = 1;
  struct timeval limit = {.tv_sec = (left + 999) / 1000};
  int message = 0;
  code = library.ldap_search_ext(handle, search->base, LDAP_SCOPE_SUBTREE, search->filter,
                                 (char **)search->attributes, 0, controls, NULL, &limit, search->size_limit, &message);
  library.ldap_control_free(paging);
  if (code != LDAP_SUCCESS) return outcome(handle, code, false);
  cookie->bv_len = 0;
  while (true) {
    left = deadline - cldap_now();
    if (left <= 0) {
      library.ldap_abandon_ext(handle, message, NULL, NULL);
      return make_result(cldap_timed_out, "");
    }
    struct timeval wait = {.tv_sec = left / 1000, .tv_usec = left % 1000 * 1000};
    LDAPMessage *answer = NULL;
    int kind = library.ldap_result(handle, message, LDAP_MSG_ONE, &wait, &answer);
    if (kind == 0) continue;
    if (kind < 0) {
      int error = LDAP_SERVER_DOWN;
      library.ldap_get_option(handle, LDAP_OPT_RESULT_CODE, &error);
      return outcome(handle, error == LDAP_SUCCESS ? LDAP_SERVER_DOWN : error, false);
    }
    if (kind == LDAP_RES_SEARCH_ENTRY) {
      if (*count >= search->size_limit) {
        library.ldap_msgfree(answer);
        library.ldap_abandon_ext(handle, message, NULL, NULL);
        return make_result(cldap_limited, "");
      }
      *count += 1;
      take_entry(handle, answer, search);
      library.ldap_msgfree(answer);
      continue;
    }
    if (kind != LDAP_RES_SEARCH_RESULT) {
      library.ldap_msgfree(answer);
      continue;
    }
    int result = LDAP_SUCCESS;
    LDAPControl **returned = NULL;
    code = library.ldap_parse_result(handle, answer, &result, NULL, NULL, NULL, &returned, 1);
    if (code != LDAP_SUCCESS) result = code;
    LDAPControl *page =
        returned ? library.ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, returned, NULL) : NULL;
    if (page) {
      ber_int_t estimate = 0;
      struct berval next = {0};
      if (library.ldap_parse_pageresponse_control(handle, page, &estimate, &next) == LDAP_SUCCESS) {
        if (cookie->bv_val) library.ber_memfree(cookie->bv_val);
        *cookie = next;
      }
    }
    if (returned) library.ldap_controls_free(returned);
    return outcome(handle, result, false);
  }
}

cldap_result cldap_find(cldap_session *session, const cldap_search *search) {
  cldap_pipe_guard guard = cldap_hold_pipe_signal();
  int64_t deadline = cldap_now() + search->milliseconds;
  cldap_watch watch;
  // It is there for what waits in spite of its time limit.
  cldap_start_watch(&watch, session->descriptor, deadline + 500);
  struct berval cookie = {0};
  int count = 0;
  cldap_result result;
  do {
    result = find_page(session->handle, search, deadline, &cookie, &count);
    if (result.outcome == cldap_done && cookie.bv_len > 0 && count >= search->size_limit) {
      result = make_result(cldap_limited, "");
    }
  } while (result.outcome == cldap_done && cookie.bv_len > 0);
  if (cookie.bv_val) library.ber_memfree(cookie.bv_val);
  if (cldap_end_watch(&watch)) result = make_result(cldap_timed_out, "");
  cldap_release_pipe_signal(guard);
  return result;
}
