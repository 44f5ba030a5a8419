#include "common/start.h"

#include "common/report.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static struct sg_sink *volatile guarded_sink;
static volatile sig_atomic_t guarded_terminal = -1;
static volatile sig_atomic_t guarded_process;
static struct termios terminal_mode;

/* Gives a program that works for us a second to end. It has got the signal of a key by itself. */
static void end_process(pid_t process)
{
    const struct timespec nap = {.tv_nsec = 20000000};

    (void)kill(process, SIGINT);
    for (int i = 0; i < 50; i++) {
        if (waitpid(process, NULL, WNOHANG) != 0)
            return;
        (void)nanosleep(&nap, NULL);
    }
    (void)kill(process, SIGKILL);
}

/* Also at the end of the process: a mistake in usage may be found late. */
static void abandon_sink(void)
{
    struct sg_sink *k = guarded_sink;

    if (k)
        sg_sink_abandon(k);
}

static void end_on_signal(int number)
{
    abandon_sink();
    if (guarded_terminal >= 0)
        (void)tcsetattr(guarded_terminal, TCSANOW, &terminal_mode);
    if (guarded_process)
        end_process((pid_t)guarded_process);
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    struct sigaction action, old;

    memset(&action, 0, sizeof action);
    action.sa_handler = end_on_signal;
    (void)sigfillset(&action.sa_mask);
    action.sa_flags = (int)SA_RESETHAND;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            (void)sigaction(numbers[i], &action, NULL);
}

/* So that no file opened later gets the number of a standard stream that was closed. */
static void take_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0) /* open so that using it in earnest fails */
            (void)open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

void start(const char *tool)
{
    static const struct rlimit none = {0, 0};
    struct sg_error err = {0};

    report_start(tool);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)setrlimit(RLIMIT_CORE, &none);
    take_standard_descriptors();
    catch_signals();
    (void)atexit(abandon_sink);
    if (sg_secret_init(&err) != SG_OK)
        exit((int)report(&err));
}

void start_guard_sink(struct sg_sink *k)
{
    guarded_sink = k;
}

void start_guard_process(pid_t process)
{
    guarded_process = process;
}

void start_guard_terminal(int fd)
{
    if (fd >= 0 && tcgetattr(fd, &terminal_mode) != 0)
        fd = -1;
    guarded_terminal = fd;
}
