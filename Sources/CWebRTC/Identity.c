#include "Transport.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

/// The fingerprint in SDP decides about a certificate, after the handshake.
static int accept_any(int is_valid, X509_STORE_CTX *context) {
    (void)is_valid, (void)context;
    return 1;
}
static void on_key(const SSL *ssl, const char *line) {
    webrtc_transport *t = SSL_get_app_data(ssl);
    if (t) webrtc_tell(t, WEBRTC_KEY, line, __builtin_strlen(line));
}
static bool sign(webrtc_identity *id) {
    uint64_t serial = 0;
    if (RAND_bytes((uint8_t *)&serial, sizeof serial) != 1) return false;
    X509 *c = id->certificate;
    X509_NAME *name = X509_get_subject_name(c);
    // Clocks differ: the certificate is valid since yesterday.
    return X509_set_version(c, 2) && ASN1_INTEGER_set_uint64(X509_get_serialNumber(c), serial >> 1) &&
        X509_gmtime_adj(X509_getm_notBefore(c), -86400) && X509_gmtime_adj(X509_getm_notAfter(c), 30 * 86400) &&
        X509_set_pubkey(c, id->key) &&
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"WebRTC", -1, -1, 0) &&
        X509_set_issuer_name(c, name) && X509_sign(c, id->key, EVP_sha256());
}
static bool configure(webrtc_identity *id, bool use_srtp) {
    SSL_CTX *c = id->context;
    // The first suite is the one that RFC 8827 (6.5) demands; the second is for servers whose certificate is RSA.
    const char *suites = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256";
    if (!SSL_CTX_set_min_proto_version(c, DTLS1_2_VERSION) || !SSL_CTX_set_max_proto_version(c, DTLS1_2_VERSION) ||
        !SSL_CTX_set_cipher_list(c, suites) || SSL_CTX_use_certificate(c, id->certificate) != 1 ||
        SSL_CTX_use_PrivateKey(c, id->key) != 1)
        return false;
    SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
    SSL_CTX_set_options(
        c, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(c, 1);
    SSL_CTX_set_keylog_callback(c, on_key);
    // This call returns 0 if it worked.
    return !use_srtp || SSL_CTX_set_tlsext_use_srtp(c, "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM") == 0;
}
webrtc_identity *webrtc_identity_create(bool use_srtp) {
    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    webrtc_identity *id = calloc(1, sizeof *id);
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned count = 0;
    if (!id) return NULL;
    id->key = EVP_EC_gen("P-256");
    id->certificate = X509_new();
    id->context = SSL_CTX_new(DTLS_method());
    if (!id->key || !id->certificate || !id->context || !sign(id) || !configure(id, use_srtp) ||
        !X509_digest(id->certificate, EVP_sha256(), digest, &count)) {
        webrtc_identity_free(id);
        return NULL;
    }
    for (unsigned i = 0; i < count; i++)
        snprintf(id->fingerprint + 3 * i, 4, "%02X%s", digest[i], i + 1 < count ? ":" : "");
    return id;
}
void webrtc_identity_free(webrtc_identity *id) {
    if (!id) return;
    SSL_CTX_free(id->context), X509_free(id->certificate), EVP_PKEY_free(id->key);
    free(id);
}
const char *webrtc_identity_fingerprint(const webrtc_identity *id) { return id->fingerprint; }
