/*
 * age-plugin-signet - lets any age client open what signet has sealed with a password, and seal so.
 */
#include "age-plugin-signet/machines.h"
#include "age-plugin-signet/usage.h"
#include "common/report.h"
#include "common/start.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What a person who starts the program needs. It may be kept as an identity file. */
static int introduce(void)
{
    static const char text[] =
        "# Opens what signet has sealed with a password; with age: age -d -j signet FILE\n"
        "# (or keep these lines as an identity file). To seal with a password in the same way:\n"
        "# age -r " OUR_RECIPIENT " -o OUT FILE\n"
        "# recipient: " OUR_RECIPIENT "\n" OUR_IDENTITY "\n";

    if (fputs(text, stdout) < 0 || fflush(stdout) != 0 || close(STDOUT_FILENO) != 0) {
        report_error("cannot write standard output");
        return STATUS_FAILED;
    }
    return STATUS_DONE;
}

int main(int argc, char **argv)
{
    struct sg_error err = {0};
    static struct parsed p; /* what it owns lives as long as the process */
    const char *machine;
    struct talk t;
    enum sg_err r;

    start("age-plugin-signet");
    options_parse(&p, &age_plugin_signet_tool, argc, argv);
    machine = option_value(&p, "age-plugin");
    if (!machine)
        return introduce();
    if (strcmp(machine, "recipient-v1") != 0 && strcmp(machine, "identity-v1") != 0)
        usage_error("the age client is newer than this plugin",
                    "the state machine %s is not known here", machine);
    talk_start(&t, &p);
    r = machine[0] == 'r' ? machine_recipient(&t, &err) : machine_identity(&t, &err);
    talk_free(&t);
    if (r != SG_OK)
        report_error("the conversation with the age client broke off: %s",
                     err.what ? err.what : "it cannot be reached");
    return r == SG_OK ? STATUS_DONE : STATUS_FAILED;
}
