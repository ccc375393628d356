/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader - what reading devices costs: the time from a frame's last byte to
 * its event line, and the share of a core that eight devices at full rate
 * take.
 *
 * usage: reader CHOT
 *
 * Eight `chot read` behind ptys: four scanners that are shown a 150-byte code
 * every 250 ms, four thermometers of 14 frames a second. Every scan is timed
 * alone: from write(2) of its bytes to the line in the pipe.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define DEVICES 8
#define SCANNERS 4
#define ROUNDS 300

struct player {
	int pty, out;
	pid_t pid;
	char name[128];
};

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static void
fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
start(struct player *p, const char *chot, bool scanner)
{
	char device[200], role[16];
	struct termios raw;
	int pipe_fd[2];

	p->pty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (p->pty < 0 || grantpt(p->pty) != 0 || unlockpt(p->pty) != 0 ||
	    pipe(pipe_fd) != 0)
		fail("pty");
	tcgetattr(p->pty, &raw);
	cfmakeraw(&raw);
	tcsetattr(p->pty, TCSANOW, &raw);
	snprintf(p->name, sizeof(p->name), "%s", ptsname(p->pty));
	snprintf(device, sizeof(device), "serial:%s,protocol=%s", p->name,
	    scanner ? "line" : "gy-mcu90614");
	snprintf(role, sizeof(role), "%s", scanner ? "scanner" : "thermometer");
	p->pid = fork();
	if (p->pid == 0) {
		int null = open("/dev/null", O_RDONLY);

		dup2(null, STDIN_FILENO);
		dup2(pipe_fd[1], STDOUT_FILENO);
		execl(chot, chot, "read", role, device, (char *)NULL);
		_exit(69);
	}
	close(pipe_fd[1]);
	p->out = pipe_fd[0];
}

/* Until a line with that word has come. */
static void
await(struct player *p, const char *word)
{
	char text[8192];
	size_t n = 0;

	while (n + 1 < sizeof(text)) {
		ssize_t done = read(p->out, text + n, sizeof(text) - n - 1);

		if (done <= 0)
			fail("a reader ended");
		n += (size_t)done;
		text[n] = '\0';
		if (strstr(text, word) != NULL && text[n - 1] == '\n')
			return;
	}
	fail("too much was said");
}

static double
cpu_ms(pid_t pid)
{
	char path[64], text[512];
	unsigned long user, kernel;
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "r");
	if (file == NULL)
		fail(path);
	n = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[n] = '\0';
	if (sscanf(strrchr(text, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u "
	    "%*u %*u %*u %lu %lu", &user, &kernel) != 2)
		fail(path);
	return (double)(user + kernel) * 1000 / (double)sysconf(_SC_CLK_TCK);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
all_cpu_ms(const struct player *players)
{
	double sum = 0;

	for (int i = 0; i < DEVICES; i++)
		sum += cpu_ms(players[i].pid);
	return sum;
}

static double
scan(struct player *p)
{
	char code[160];
	double before;

	memset(code, 'A', 150);
	code[150] = '\r';
	before = now_ms();
	if (write(p->pty, code, 151) != 151)
		fail("write");
	await(p, "scan ");
	return now_ms() - before;
}

int
main(int argc, char **argv)
{
	/* A room of 25.00 degrees: the stream that is always there. */
	static const unsigned char frame[] = { 0x5a, 0x5a, 0x45, 0x04, 0x09,
		0xc4, 0x0a, 0xfa, 0xce };
	static struct player players[DEVICES];
	static double took[ROUNDS];
	double before, began, cpu, wall;

	if (argc != 2)
		return 64;
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < DEVICES; i++)
		start(&players[i], argv[1], i < SCANNERS);
	for (int i = 0; i < DEVICES; i++)
		await(&players[i], "ok");
	before = all_cpu_ms(players);
	began = now_ms();
	for (int i = 0; i < ROUNDS; i++) {
		/* 62 ms a round: each scanner four times a second. */
		struct timespec pause = { .tv_nsec = 62000000 };

		took[i] = scan(&players[i % SCANNERS]);
		for (int k = SCANNERS; k < DEVICES; k++)
			if (write(players[k].pty, frame, sizeof(frame)) < 0)
				fail("write");
		nanosleep(&pause, NULL);
	}
	wall = now_ms() - began;
	cpu = all_cpu_ms(players) - before;
	for (int i = 0; i < DEVICES; i++) {
		kill(players[i].pid, SIGTERM);
		waitpid(players[i].pid, NULL, 0);
	}
	qsort(took, ROUNDS, sizeof(took[0]), compare);
	printf("last byte of a scan to its event line, %d scans: "
	    "median %.2f ms, p99 %.2f ms (limit 2)\n", ROUNDS,
	    took[ROUNDS / 2], took[ROUNDS * 99 / 100]);
	printf("eight devices at full rate: %.2f %% of a core (limit 5)\n",
	    cpu * 100 / wall);
	return 0;
}
