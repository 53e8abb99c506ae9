// OpenSSL's SHA-256. The functions that OpenSSL 3 recommends instead hide the intermediate state, which is needed to
// continue the hash of one text for another text with the same beginning.
#pragma once

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
