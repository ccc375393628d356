/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scans - a scanner that reads another card so many times a second.
 *
 *	scans COUNT PER_SECOND     event lines; then it is only alive
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void
pause_ns(long ns)
{
	struct timespec pause = { .tv_sec = ns / 1000000000,
		.tv_nsec = ns % 1000000000 };

	nanosleep(&pause, NULL);
}

int
main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 0;
	long rate = argc > 2 ? atol(argv[2]) : 10;

	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("hello 1 scanner");
	pause_ns(500000000);
	for (long i = 0; i < count && !ferror(stdout); i++) {
		char card[80];

		snprintf(card, sizeof(card),
		    "094300%06ld||Nguyen Thu|15032000|Nu|x|10052021",
		    i % 1000000);
		fputs("scan qr ", stdout);
		for (const char *c = card; *c != '\0'; c++)
			printf("%02x", (unsigned char)*c);
		putchar('\n');
		pause_ns(1000000000 / rate);
	}
	while (puts("ok") >= 0)
		pause_ns(1000000000);
	return 0;
}
