// SHA-256 of OpenSSL. The functions that OpenSSL 3 recommends instead hide the intermediate state of a hash, from which
// the hash of a text that begins the same can be continued.
#pragma once

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
