#include "cpostgres.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

/// Each function that orgman calls: what it returns, its name, its parameters, and these as arguments.
#define FUNCTIONS(each) \
  each(PQconninfoOption *, PQconninfoParse, (const char *text, char **message), (text, message)) \
  each(void, PQconninfoFree, (PQconninfoOption * options), (options)) \
  each(PGconn *, PQconnectStartParams, (const char *const *keys, const char *const *values, int expand), \
       (keys, values, expand)) \
  each(PostgresPollingStatusType, PQconnectPoll, (PGconn * conn), (conn)) \
  each(int, PQsetnonblocking, (PGconn * conn, int arg), (conn, arg)) \
  each(PQnoticeReceiver, PQsetNoticeReceiver, (PGconn * conn, PQnoticeReceiver proc, void *arg), (conn, proc, arg)) \
  each(PQnoticeProcessor, PQsetNoticeProcessor, (PGconn * conn, PQnoticeProcessor proc, void *arg), \
       (conn, proc, arg)) \
  each(void, PQfinish, (PGconn * conn), (conn)) \
  each(ConnStatusType, PQstatus, (const PGconn *conn), (conn)) \
  each(int, PQconnectionNeedsPassword, (const PGconn *conn), (conn)) \
  each(int, PQsocket, (const PGconn *conn), (conn)) \
  each(char *, PQhost, (const PGconn *conn), (conn)) \
  each(char *, PQport, (const PGconn *conn), (conn)) \
  each(char *, PQdb, (const PGconn *conn), (conn)) \
  each(char *, PQuser, (const PGconn *conn), (conn)) \
  each(int, PQbackendPID, (const PGconn *conn), (conn)) \
  each(int, PQserverVersion, (const PGconn *conn), (conn)) \
  each(int, PQsslInUse, (PGconn * conn), (conn)) \
  each(PGTransactionStatusType, PQtransactionStatus, (const PGconn *conn), (conn)) \
  each(char *, PQerrorMessage, (const PGconn *conn), (conn)) \
  each(int, PQsendQueryParams, \
       (PGconn * conn, const char *command, int count, const Oid *types, const char *const *values, \
        const int *lengths, const int *formats, int format), \
       (conn, command, count, types, values, lengths, formats, format)) \
  each(int, PQsendPrepare, \
       (PGconn * conn, const char *name, const char *command, int count, const Oid *types), \
       (conn, name, command, count, types)) \
  each(int, PQsendQueryPrepared, \
       (PGconn * conn, const char *name, int count, const char *const *values, const int *lengths, \
        const int *formats, int format), \
       (conn, name, count, values, lengths, formats, format)) \
  each(int, PQenterPipelineMode, (PGconn * conn), (conn)) \
  each(int, PQexitPipelineMode, (PGconn * conn), (conn)) \
  each(int, PQpipelineSync, (PGconn * conn), (conn)) \
  each(int, PQflush, (PGconn * conn), (conn)) \
  each(int, PQconsumeInput, (PGconn * conn), (conn)) \
  each(int, PQisBusy, (PGconn * conn), (conn)) \
  each(PGresult *, PQgetResult, (PGconn * conn), (conn)) \
  each(ExecStatusType, PQresultStatus, (const PGresult *res), (res)) \
  each(char *, PQresultErrorField, (const PGresult *res, int code), (res, code)) \
  each(char *, PQresultErrorMessage, (const PGresult *res), (res)) \
  each(int, PQntuples, (const PGresult *res), (res)) \
  each(int, PQnfields, (const PGresult *res), (res)) \
  each(char *, PQgetvalue, (const PGresult *res, int row, int column), (res, row, column)) \
  each(int, PQgetlength, (const PGresult *res, int row, int column), (res, row, column)) \
  each(int, PQgetisnull, (const PGresult *res, int row, int column), (res, row, column)) \
  each(char *, PQcmdStatus, (PGresult * res), (res)) \
  each(char *, PQcmdTuples, (PGresult * res), (res)) \
  each(void, PQclear, (PGresult * res), (res)) \
  each(int, PQputCopyData, (PGconn * conn, const char *buffer, int bytes), (conn, buffer, bytes)) \
  each(int, PQputCopyEnd, (PGconn * conn, const char *reason), (conn, reason)) \
  each(int, PQgetCopyData, (PGconn * conn, char **buffer, int async), (conn, buffer, async)) \
  each(PGnotify *, PQnotifies, (PGconn * conn), (conn)) \
  each(void, PQfreemem, (void *memory), (memory)) \
  each(PGcancel *, PQgetCancel, (PGconn * conn), (conn)) \
  each(int, PQcancel, (PGcancel * cancel, char *message, int size), (cancel, message, size)) \
  each(void, PQfreeCancel, (PGcancel * cancel), (cancel))

static struct {
#define MEMBER(type, name, parameters, arguments) __typeof__(name) *name;
  FUNCTIONS(MEMBER)
} functions;

#define FORWARD(type, name, parameters, arguments) \
  type name parameters { return functions.name arguments; }
FUNCTIONS(FORWARD)

static char reason[256];
static int is_loaded;

static void load(void) {
  void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    snprintf(reason, sizeof reason, "%s", dlerror());
    return;
  }
#define FIND(type, name, parameters, arguments) \
  if (!(functions.name = (__typeof__(functions.name))dlsym(library, #name))) { \
    snprintf(reason, sizeof reason, "it is too old and has no %s", #name); \
    return; \
  }
  FUNCTIONS(FIND)
  is_loaded = 1;
}

const char *cpostgres_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return is_loaded ? NULL : reason;
}
