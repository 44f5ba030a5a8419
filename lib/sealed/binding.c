#include "sealed/build.h"

#include "crypto/hmac.h"

#define KEY_INFO "signet/envelope"
#define HEADER_INFO "signet/envelope/signed"

void sg_binding_derive(struct sg_sealed_binding *binding,
                       const uint8_t file_key[static SG_FILE_KEY_BYTES], const struct sg_header *h)
{
    sg_hkdf(binding->key, sizeof binding->key, file_key, SG_FILE_KEY_BYTES, NULL, 0, KEY_INFO,
            sizeof KEY_INFO - 1);
    sg_hkdf(binding->header, sizeof binding->header, file_key, SG_FILE_KEY_BYTES, h->mac,
            sizeof h->mac, HEADER_INFO, sizeof HEADER_INFO - 1);
}

void sg_sealed_bind(struct sg_sealed_binding *binding, const struct sg_sealed *f)
{
    sg_binding_derive(binding, f->file_key.data, &f->header);
}
