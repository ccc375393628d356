/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scans - a scanner that reads one card after the other, as fast as the post
 * takes them: as people do who see that it is their turn.
 *
 *	scans COUNT FILE     event lines; then it is only alive
 *
 * FILE gets a line that begins with "T" for each person who is taken. The next
 * card is read then: who comes sooner waits until the officer is done, and who
 * comes third is told to come again.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void
pause_ms(long ms)
{
	struct timespec pause = { .tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&pause, NULL);
}

/* Reads on; returns how many lines begin with T, all in all. */
static long
taken(int fd)
{
	static char last = '\n';
	static long count;
	char bytes[4096];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; i < n; i++) {
			count += last == '\n' && bytes[i] == 'T';
			last = bytes[i];
		}
	return count;
}

int
main(int argc, char **argv)
{
	long count = argc == 3 ? atol(argv[1]) : 0;
	int fd = argc == 3 ? open(argv[2], O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0)
		return 64;
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("hello 1 scanner");
	for (long i = 0; i < count && !ferror(stdout); i++) {
		char card[80];

		for (long ms = 0; taken(fd) < i; ms++) {
			pause_ms(1);
			if (ms % 1000 == 999)
				puts("ok"); /* still alive */
		}
		snprintf(card, sizeof(card),
		    "094300%06ld||Nguyen Thu|15032000|Nu|x|10052021",
		    i % 1000000);
		fputs("scan qr ", stdout);
		for (const char *c = card; *c != '\0'; c++)
			printf("%02x", (unsigned char)*c);
		putchar('\n');
	}
	while (puts("ok") >= 0)
		pause_ms(1000);
	return 0;
}
