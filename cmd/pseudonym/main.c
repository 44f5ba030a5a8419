/*
 * pseudonym - one root, many identities, linked only when their owner says so.
 */
#include "common/dispatch.h"
#include "pseudonym/usage.h"
#include "pseudonym/verbs.h"

static const struct verb verbs[] = {
    {"new", pseudonym_new},
    {"list", pseudonym_list},
    {"show", pseudonym_show},
    {"key", pseudonym_key},
    {"retire", pseudonym_retire},
    {"root", pseudonym_root},
    {"onion", pseudonym_onion},
    {"sign", pseudonym_sign},
    {"verify", pseudonym_verify},
    {"prove", pseudonym_prove},
    {"check", pseudonym_check},
    {"ring-sign", pseudonym_ring_sign},
    {"ring-verify", pseudonym_ring_verify},
    {"ring-claim", pseudonym_ring_claim},
    {"ring-disavow", pseudonym_ring_disavow},
    {"token issuer-key", pseudonym_token_issuer_key},
    {"token request", pseudonym_token_request},
    {"token issue", pseudonym_token_issue},
    {"token finalize", pseudonym_token_finalize},
    {"token redeem", pseudonym_token_redeem},
};

int main(int argc, char **argv)
{
    return dispatch(&pseudonym_tool, verbs, argc, argv);
}
