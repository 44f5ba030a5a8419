/*
 * keygen - make keys, and show their public halves.
 */
#include "common/dispatch.h"
#include "keygen/usage.h"
#include "keygen/verbs.h"

static const struct verb verbs[] = {
    {"new", keygen_new},
    {"public", keygen_public},
};

int main(int argc, char **argv)
{
    return dispatch(&keygen_tool, verbs, argc, argv);
}
