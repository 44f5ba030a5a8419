#include "common/tty.h"

#include "common/start.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

bool tty_ask(char *text, size_t cap, size_t *n, const char *prompt, enum tty_echo echo)
{
    struct termios mode, silent;
    bool ended = false;
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

    *n = 0;
    if (fd < 0 || tcgetattr(fd, &mode) != 0) {
        if (fd >= 0)
            (void)close(fd);
        return false;
    }
    start_guard_terminal(fd);
    silent = mode;
    if (echo == TTY_HIDDEN)
        silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    (void)tcsetattr(fd, TCSAFLUSH, &silent);
    (void)!write(fd, prompt, strlen(prompt));
    while (!ended) {
        char c;
        ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR)
            continue;
        ended = got <= 0 || c == '\n' || c == '\r';
        if (!ended && *n < cap)
            text[(*n)++] = c;
        sg_wipe(&c, 1);
    }
    if (echo == TTY_HIDDEN)
        (void)!write(fd, "\n", 1);
    (void)tcsetattr(fd, TCSAFLUSH, &mode);
    start_guard_terminal(-1);
    (void)close(fd);
    return true;
}
