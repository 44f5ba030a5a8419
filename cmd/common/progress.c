#include "common/progress.h"

#include "common/report.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INTERVAL 0.1
#define BAR_CHARS 24

enum { ALWAYS, NEVER, AUTO }; /* the words of --progress */

static double since(const struct timespec *then, const struct timespec *now)
{
    return (double)(now->tv_sec - then->tv_sec) + (double)(now->tv_nsec - then->tv_nsec) / 1e9;
}

/* "12.3 MiB" */
static void amount(char *out, size_t size, double bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    size_t unit = 0;

    while (bytes >= 1000 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1024;
        unit++;
    }
    (void)snprintf(out, size, unit ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
}

static void draw(struct progress *bar, uint64_t done, double seconds)
{
    char line[160], so_far[32], rate[32], filled[BAR_CHARS + 1];
    double speed = seconds > 0 ? (double)done / seconds : 0;
    int n;

    amount(so_far, sizeof so_far, (double)done);
    amount(rate, sizeof rate, speed);
    if (bar->total) {
        double part = done < bar->total ? (double)done / (double)bar->total : 1;
        long left =
            speed > 0 && done < bar->total ? (long)((double)(bar->total - done) / speed) : 0;
        memset(filled, ' ', BAR_CHARS);
        memset(filled, '#', (size_t)(part * BAR_CHARS));
        filled[BAR_CHARS] = '\0';
        n = snprintf(line, sizeof line, "\r[%s] %3.0f%%  %s  %s/s  %ld:%02ld left\033[K", filled,
                     part * 100, so_far, rate, left / 60, left % 60);
    } else {
        n = snprintf(line, sizeof line, "\r%s  %s/s  %ld:%02ld\033[K", so_far, rate,
                     (long)seconds / 60, (long)seconds % 60);
    }
    if (n > 0)
        (void)!write(STDERR_FILENO, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
    bar->visible = true;
}

static void tick(void *context, uint64_t done)
{
    struct progress *bar = context;
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    if (since(&bar->began, &now) < bar->delay ||
        (bar->visible && since(&bar->shown, &now) < INTERVAL))
        return;
    bar->shown = now;
    draw(bar, done, since(&bar->began, &now));
}

void progress_start(struct progress *bar, const struct parsed *p, const struct sg_source *in)
{
    unsigned when = option_word(p, "progress", AUTO);
    struct stat st;

    memset(bar, 0, sizeof *bar);
    bar->on = when == ALWAYS || (when == AUTO && isatty(STDERR_FILENO) && !report_is_quiet());
    bar->delay = when == ALWAYS ? 0 : 1;
    if (!bar->on)
        return;
    if (in->fd >= 0 && fstat(in->fd, &st) == 0 && S_ISREG(st.st_mode))
        bar->total = (uint64_t)st.st_size;
    (void)clock_gettime(CLOCK_MONOTONIC, &bar->began);
    bar->hook.tick = tick;
    bar->hook.context = bar;
}

void progress_end(struct progress *bar)
{
    if (bar->visible)
        (void)!write(STDERR_FILENO, "\r\033[K", 4);
    bar->visible = false;
}
