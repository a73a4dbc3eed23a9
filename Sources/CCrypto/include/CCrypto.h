#ifndef JOBRAKER_CCRYPTO_H
#define JOBRAKER_CCRYPTO_H
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#endif
