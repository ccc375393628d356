/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peer_quirc - quirc reads the frames that the bench sends; see peers.h.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <quirc.h>

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
print_codes(struct quirc *quirc)
{
	for (int i = 0; i < quirc_count(quirc); i++) {
		static struct quirc_code code;
		static struct quirc_data data;

		quirc_extract(quirc, i, &code);
		if (quirc_decode(&code, &data) != QUIRC_SUCCESS)
			continue;
		printf(" ");
		for (int k = 0; k < data.payload_len; k++)
			printf("%02x", data.payload[k]);
	}
}

int
main(void)
{
	struct quirc *quirc = quirc_new();
	int width, height;

	while (quirc != NULL &&
	    scanf("P5 %d %d 255%*c", &width, &height) == 2) {
		size_t n = (size_t)width * (size_t)height;
		unsigned char *to;
		double before;

		if (quirc_resize(quirc, width, height) < 0)
			return 1;
		to = quirc_begin(quirc, NULL, NULL);
		if (fread(to, 1, n, stdin) != n)
			return 1;
		before = cpu_ms();
		quirc_end(quirc);
		printf("%.3f", cpu_ms() - before);
		print_codes(quirc);
		printf("\n");
		fflush(stdout);
	}
	return 0;
}
