/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report - writes event lines (chot-reader(7)) and counts the readings.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
write_event(struct report *report, const struct event *event)
{
	char line[EVENT_LINE_MAX + 2];
	size_t n = event_print(event, line);

	line[n] = '\n';
	if (!report->gone && file_write_all(report->fd, line, n + 1) < 0)
		report->gone = true;
}

void
report_init(struct report *report, int fd, long limit)
{
	*report = (struct report){ .fd = fd, .limit = limit };
}

void
report_hello(struct report *report)
{
	write_event(report, &(struct event){ .kind = EVENT_HELLO, .version = 1,
	    .word = "camera" });
}

void
report_ok(struct report *report)
{
	write_event(report, &(struct event){ .kind = EVENT_OK });
}

void
report_scan(struct report *report, const struct code *code)
{
	struct event event = { .kind = EVENT_SCAN };

	if (report_done(report))
		return;
	if (code->len > EVENT_PAYLOAD_MAX) {
		report_fault(report, NULL,
		    N_("a code longer than 4296 bytes was refused"));
		return;
	}
	snprintf(event.word, sizeof(event.word), "%s", code->word);
	event.payload_len = code->len;
	memcpy(event.payload, code->bytes, code->len);
	write_event(report, &event);
	report->readings++;
}

void
report_hint(struct report *report, const char *word, int64_t now_ms)
{
	struct event event = { .kind = EVENT_HINT };

	if (report->hinted && now_ms - report->hint_ms < REPORT_HINT_MS)
		return;
	report->hinted = true;
	report->hint_ms = now_ms;
	snprintf(event.word, sizeof(event.word), "%s", word);
	write_event(report, &event);
}

void
report_fault(struct report *report, const char *subject, const char *words)
{
	struct event event = { .kind = EVENT_FAULT };
	char text[EVENT_WORDS_MAX * 2];

	snprintf(text, sizeof(text), "%.*s%s%s", EVENT_WORDS_MAX,
	    subject != NULL ? subject : "", subject != NULL ? ": " : "", words);
	text_clean(text, strlen(text), event.words, sizeof(event.words));
	write_event(report, &event);
}

bool
report_done(const struct report *report)
{
	return report->gone ||
	    (report->limit > 0 && report->readings >= report->limit);
}
