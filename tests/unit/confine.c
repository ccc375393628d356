/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From inside of each confined process: what it needs still works, and to
 * open, connect, execute and the rest fails. Each try is a process of its
 * own, since confinement is for good.
 */
#include "base.h"

#include "../../src/command/parts.h"
#include "../../src/sync/parts.h"
#include "actuator.h"
#include "reader.h"
#include "register.h"
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char work[] = "/tmp/chot-confine.XXXXXX";
static int server = -1, port;
static struct confined able; /* what this kernel can do */
static struct register_key register_key;

/* ---- tries: 0 when it worked, else errno ------------------------------------- */

static char *
in_work(const char *name)
{
	static char path[200];

	snprintf(path, sizeof(path), "%s/%s", work, name);
	return path;
}

static int
try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static void
no_report(void *arg, const char *line)
{
	(void)arg;
	(void)line;
}

static int
read_state(void)
{
	return try_open(in_work("state/register.db"), O_RDONLY);
}

static int
write_state(void)
{
	return try_open(in_work("state/register.db"), O_RDWR);
}

/* SQLite needs no file of its own to read one that has its log. */
static int
ask(const char *path)
{
	struct register_store *store = register_open(path, false, NULL);
	struct register_answer answer = { .known = false };
	int ret = store != NULL ? register_look(store, &register_key,
	    "VNM:PIN:094300000123", "", &answer, NULL) : -1;

	register_close(store);
	return ret == 0 && answer.known && answer.wanted == 1 ? 0 : EIO;
}

static int
ask_register(void)
{
	return ask(in_work("state/real.db"));
}

static int
ask_copy(void)
{
	return ask(in_work("state/copy.db"));
}

/* One with its log, and one that was copied without it. */
static void
make_registers(void)
{
	static const char csv[] = "id,wanted\n094300000123,1\n";
	static const char *const names[] = { "state/real.db", "state/copy.db" };
	char list[220], path[220];

	snprintf(list, sizeof(list), "%s", in_work("list.csv"));
	assert_int_equal(file_write(list, csv, strlen(csv), 0600, false,
	    NULL), 0);
	memset(&register_key, 7, sizeof(register_key));
	for (size_t i = 0; i < nitems(names); i++) {
		struct register_store *store;

		snprintf(path, sizeof(path), "%s", in_work(names[i]));
		store = register_open(path, true, NULL);
		assert_non_null(store);
		assert_int_equal(register_import(store, &register_key, list,
		    1, 0, no_report, NULL, NULL, NULL), 1);
		register_close(store);
	}
	assert_int_equal(access(in_work("state/real.db-wal"), F_OK), 0);
	strcat(path, "-wal");
	assert_int_equal(unlink(path), 0);
	strcpy(path + strlen(path) - 3, "shm");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(unlink(list), 0);
}

static int
make_in_state(void)
{
	return try_open(in_work("state/register.db-shm"), O_RDWR | O_CREAT);
}

static int
remove_in_state(void)
{
	return unlink(in_work("state/old")) == 0 ? 0 : errno;
}

static int
rename_in_state(void)
{
	char from[200];

	snprintf(from, sizeof(from), "%s", in_work("state/old"));
	return rename(from, in_work("state/new")) == 0 ? 0 : errno;
}

static int
read_key(void)
{
	return try_open(in_work("keys/a.key"), O_RDONLY);
}

static int
write_key(void)
{
	return try_open(in_work("keys/a.key"), O_WRONLY);
}

static int
read_other(void)
{
	return try_open(in_work("other/secret"), O_RDONLY);
}

static int
read_passwd(void)
{
	return try_open("/etc/passwd", O_RDONLY);
}

static int
write_other(void)
{
	return try_open(in_work("other/made"), O_WRONLY | O_CREAT);
}

static int
open_fifo(void)
{
	return try_open(in_work("dev/fifo"), O_RDWR | O_NONBLOCK);
}

static int
open_pty(void)
{
	return try_open("/dev/ptmx", O_RDWR | O_NOCTTY);
}

static int
make_directory(void)
{
	return mkdir(in_work("state/lists"), 0700) == 0 ? 0 : errno;
}

static int
link_in_state(void)
{
	char from[200];

	snprintf(from, sizeof(from), "%s", in_work("state/old"));
	return link(from, in_work("state/new")) == 0 ? 0 : errno;
}

static int
list_pictures(void)
{
	return try_open(in_work("other"), O_RDONLY | O_DIRECTORY);
}

static int
connect_to(int to)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)to),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), got = 0;

	if (fd < 0 || connect(fd, (const void *)&address,
	    sizeof(address)) != 0)
		got = errno;
	if (fd >= 0)
		close(fd);
	return got;
}

static int
connect_there(void)
{
	return connect_to(port);
}

static int
connect_elsewhere(void)
{
	return connect_to(port == 65535 ? 1024 : port + 1);
}

static int
socket_unix(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? errno : 0;
}

static int
socket_raw(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0) < 0 ? errno : 0;
}

static int
listen_there(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd < 0 || bind(fd, (const void *)&address,
	    sizeof(address)) != 0 || listen(fd, 1) != 0 ? errno : 0;
}

static int
execute(void)
{
	char *const argv[] = { (char *)"true", NULL };

	execv("/bin/true", argv);
	return errno;
}

/* /bin/true says 0, which is what a try that worked says. */
static int
start_process(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : 0;
}

static int
signal_parent(void)
{
	return kill(getppid(), 0) != 0 ? errno : 0;
}

static int
signal_oneself(void)
{
	return kill(getpid(), 0) != 0 ? errno : 0;
}

static int
trace(void)
{
	return syscall(SYS_ptrace, 16 /* PTRACE_ATTACH */, getppid(), 0, 0) !=
	    0 ? errno : 0;
}

static int
type_into_terminal(void)
{
	return ioctl(STDIN_FILENO, TIOCSTI, "x") != 0 ? errno : 0;
}

static int
new_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0;
}

static int
namespace(void)
{
	return unshare(CLONE_NEWUSER) != 0 ? errno : 0;
}

static int
future_call(void)
{
	return syscall(9999) < 0 ? errno : 0;
}

static int
core_dump(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_max != 0)
		return EPERM;
	return prctl(PR_GET_DUMPABLE) == 0 ? 0 : EPERM;
}

/* ---- who is confined ------------------------------------------------------------ */

static void
be_lookup(void)
{
	char key[200];

	snprintf(key, sizeof(key), "%s", in_work("keys/a.key"));
	confine_lookup(in_work("state/register.db"), key);
}

static void
be_recorder(void)
{
	char seal[200];

	snprintf(seal, sizeof(seal), "%s", in_work("keys/a.key"));
	confine_recorder(in_work("state/outbox.db"), seal);
}

static void
be_reader(const char *format, const char *path)
{
	struct device device;
	char text[300];

	snprintf(text, sizeof(text), format, path);
	if (device_parse(text, &device, NULL) != 0)
		_exit(99);
	reader_confine("reader", &device);
}

static void
be_serial(void)
{
	be_reader("serial:%s,baud=9600", in_work("dev/fifo"));
}

static void
be_tcp(void)
{
	char text[32];

	snprintf(text, sizeof(text), "127.0.0.1:%d", port);
	be_reader("tcp:%s", text);
}

static void
be_camera(void)
{
	be_reader("v4l2:%s", "/dev/video0");
}

static void
be_pictures(void)
{
	be_reader("images:%s", in_work("other"));
}

static void
be_trace(void)
{
	be_reader("trace:%s", in_work("other/secret"));
}

static void
be_exec(void)
{
	be_reader("exec:%s", "cat /dev/null");
}

static void
be_drive(enum actuator_role role, const char *format, const char *path)
{
	struct actuator_options options = { .log = "" };
	struct device device;
	char text[300], log[200];

	snprintf(text, sizeof(text), format, path); /* path is in_work()'s */
	snprintf(log, sizeof(log), "%s", in_work("state/prints.log"));
	options.log = log;
	if (device_parse(text, &device, NULL) != 0)
		_exit(99);
	actuator_confine(role, &device, &options);
}

static void
be_gate(void)
{
	be_drive(ACTUATOR_RELAY, "serial:%s,protocol=lcus", in_work("dev/fifo"));
}

static void
be_printer(void)
{
	be_drive(ACTUATOR_PRINTER, "serial:%s,protocol=escpos",
	    in_work("dev/fifo"));
}

static void
be_net_printer(void)
{
	char text[32];

	snprintf(text, sizeof(text), "127.0.0.1:%d", port);
	be_drive(ACTUATOR_PRINTER, "tcp:%s", text);
}

static int
write_log(void)
{
	return try_open(in_work("state/prints.log"), O_WRONLY | O_APPEND);
}

static void
be_machine(void)
{
	confine_machine("");
}

static void
be_plates(void)
{
	be_reader("http:%s", "127.0.0.1:80");
}

/* The hub's address, and where things lie that belong to it. */
static void
sync_conf(struct conf *conf)
{
	snprintf(conf->state, sizeof(conf->state), "%s", in_work("state"));
	snprintf(conf->hub.url, sizeof(conf->hub.url),
	    "https://127.0.0.1:%d/path", port);
	snprintf(conf->hub.certificate, sizeof(conf->hub.certificate), "%s",
	    in_work("state/post.crt"));
	snprintf(conf->hub.key, sizeof(conf->hub.key), "%s",
	    in_work("keys/a.key"));
	snprintf(conf->hub.ca, sizeof(conf->hub.ca), "%s",
	    in_work("keys/ca.crt"));
}

static void
be_sync(void)
{
	static struct conf conf; /* large */

	sync_conf(&conf);
	fence_sync(&conf);
}

static void
be_pages(void)
{
	static struct conf conf;

	sync_conf(&conf);
	fence_pages(&conf);
}

/* The look-up, where it asks the hub as well. */
static void
be_inquiry(void)
{
	static struct conf conf;

	sync_conf(&conf);
	fence_look(&conf, in_work("state/register.db"));
}

static void
be_join(void)
{
	char url[64];

	snprintf(url, sizeof(url), "https://127.0.0.1:%d", port);
	fence_join(in_work("state"), url);
}

static int
read_uptime(void)
{
	return try_open("/proc/uptime", O_RDONLY);
}

/* Of a try that fails: by which fence, so that it can be left out where the
 * kernel lacks it. */
enum fence { WORKS, BY_FILES, BY_CALLS, BY_BOTH };

static const struct {
	const char *who;
	void (*be)(void);
	const char *what;
	int (*try)(void);
	enum fence fence;
} cases[] = {
	{ "look-up", be_lookup, "read its register", read_state, WORKS },
	{ "look-up", be_lookup, "make the index", make_in_state, BY_FILES },
	{ "look-up", be_lookup, "write its register", write_state, BY_FILES },
	{ "look-up", be_lookup, "ask a register", ask_register, WORKS },
	{ "look-up", be_lookup, "ask a copy", ask_copy, WORKS },
	{ "look-up", be_lookup, "read its key", read_key, WORKS },
	{ "look-up", be_lookup, "write its key", write_key, BY_FILES },
	{ "look-up", be_lookup, "remove", remove_in_state, BY_BOTH },
	{ "look-up", be_lookup, "rename", rename_in_state, BY_BOTH },
	{ "look-up", be_lookup, "read elsewhere", read_other, BY_FILES },
	{ "look-up", be_lookup, "read /etc", read_passwd, BY_FILES },
	{ "look-up", be_lookup, "write elsewhere", write_other, BY_FILES },
	{ "look-up", be_lookup, "connect", connect_there, BY_CALLS },
	{ "look-up", be_lookup, "unix socket", socket_unix, BY_CALLS },
	{ "look-up", be_lookup, "exec", execute, BY_BOTH },
	{ "look-up", be_lookup, "fork", start_process, BY_CALLS },
	{ "look-up", be_lookup, "trace", trace, BY_CALLS },
	{ "look-up", be_lookup, "signal", signal_parent, BY_CALLS },
	{ "look-up", be_lookup, "abort", signal_oneself, WORKS },
	{ "look-up", be_lookup, "new code", new_code, BY_CALLS },
	{ "look-up", be_lookup, "namespace", namespace, BY_CALLS },
	{ "look-up", be_lookup, "typing", type_into_terminal, BY_CALLS },
	{ "look-up", be_lookup, "a later call", future_call, BY_CALLS },
	{ "look-up", be_lookup, "no core", core_dump, WORKS },
	{ "recorder", be_recorder, "make", make_in_state, WORKS },
	{ "recorder", be_recorder, "rename", rename_in_state, WORKS },
	{ "recorder", be_recorder, "remove", remove_in_state, WORKS },
	{ "recorder", be_recorder, "read its key", read_key, WORKS },
	{ "recorder", be_recorder, "write its key", write_key, BY_FILES },
	{ "recorder", be_recorder, "read elsewhere", read_other, BY_FILES },
	{ "recorder", be_recorder, "write elsewhere", write_other, BY_FILES },
	{ "recorder", be_recorder, "connect", connect_there, BY_CALLS },
	{ "recorder", be_recorder, "exec", execute, BY_BOTH },
	{ "recorder", be_recorder, "look at its pages apart", start_process,
	    WORKS },
	{ "recorder", be_recorder, "no core", core_dump, WORKS },
	{ "serial", be_serial, "open its device", open_fifo, WORKS },
	{ "serial", be_serial, "open a port", open_pty, WORKS },
	{ "serial", be_serial, "read elsewhere", read_other, BY_FILES },
	{ "serial", be_serial, "read records", read_state, BY_FILES },
	{ "serial", be_serial, "write elsewhere", write_other, BY_FILES },
	{ "serial", be_serial, "connect", connect_there, BY_CALLS },
	{ "serial", be_serial, "exec", execute, BY_BOTH },
	{ "serial", be_serial, "typing", type_into_terminal, BY_CALLS },
	{ "tcp", be_tcp, "connect", connect_there, WORKS },
	{ "tcp", be_tcp, "resolve", read_passwd, WORKS },
	{ "tcp", be_tcp, "connect elsewhere", connect_elsewhere, BY_FILES },
	{ "tcp", be_tcp, "listen", listen_there, BY_CALLS },
	{ "tcp", be_tcp, "unix socket", socket_unix, BY_CALLS },
	{ "tcp", be_tcp, "packets", socket_raw, BY_CALLS },
	{ "tcp", be_tcp, "read elsewhere", read_other, BY_FILES },
	{ "tcp", be_tcp, "exec", execute, BY_BOTH },
	{ "camera", be_camera, "open a device", open_pty, WORKS },
	{ "camera", be_camera, "read elsewhere", read_other, BY_FILES },
	{ "camera", be_camera, "write elsewhere", write_other, BY_FILES },
	{ "camera", be_camera, "connect", connect_there, BY_CALLS },
	{ "camera", be_camera, "exec", execute, BY_BOTH },
	{ "pictures", be_pictures, "list them", list_pictures, WORKS },
	{ "pictures", be_pictures, "read one", read_other, WORKS },
	{ "pictures", be_pictures, "write one", write_other, BY_FILES },
	{ "pictures", be_pictures, "read records", read_state, BY_FILES },
	{ "pictures", be_pictures, "connect", connect_there, BY_CALLS },
	{ "pictures", be_pictures, "exec", execute, BY_BOTH },
	{ "trace", be_trace, "read it", read_other, WORKS },
	{ "trace", be_trace, "read records", read_state, BY_FILES },
	{ "trace", be_trace, "connect", connect_there, BY_CALLS },
	{ "trace", be_trace, "exec", execute, BY_BOTH },
	{ "gate", be_gate, "open its device", open_fifo, WORKS },
	{ "gate", be_gate, "start its guard", start_process, WORKS },
	{ "gate", be_gate, "read records", read_state, BY_FILES },
	{ "gate", be_gate, "connect", connect_there, BY_CALLS },
	{ "gate", be_gate, "exec", execute, BY_BOTH },
	{ "gate", be_gate, "namespace", namespace, BY_CALLS },
	{ "gate", be_gate, "signal", signal_parent, BY_CALLS },
	{ "printer", be_printer, "open its device", open_fifo, WORKS },
	{ "printer", be_printer, "write its log", write_log, WORKS },
	{ "printer", be_printer, "make beside it", make_in_state, BY_FILES },
	{ "printer", be_printer, "read beside it", read_state, BY_FILES },
	{ "printer", be_printer, "connect", connect_there, BY_CALLS },
	{ "printer", be_printer, "fork", start_process, BY_CALLS },
	{ "printer", be_printer, "exec", execute, BY_BOTH },
	{ "net printer", be_net_printer, "connect", connect_there, WORKS },
	{ "net printer", be_net_printer, "elsewhere", connect_elsewhere, BY_FILES },
	{ "net printer", be_net_printer, "exec", execute, BY_BOTH },
	{ "machine", be_machine, "read the kernel", read_uptime, WORKS },
	{ "machine", be_machine, "read records", read_state, BY_FILES },
	{ "machine", be_machine, "connect", connect_there, BY_CALLS },
	{ "machine", be_machine, "exec", execute, BY_BOTH },
	{ "plates", be_plates, "read elsewhere", read_other, BY_FILES },
	{ "plates", be_plates, "read /etc", read_passwd, BY_FILES },
	{ "plates", be_plates, "connect", connect_there, BY_CALLS },
	{ "plates", be_plates, "fork", start_process, BY_CALLS },
	{ "plates", be_plates, "exec", execute, BY_BOTH },
	{ "sync", be_sync, "make", make_in_state, WORKS },
	{ "sync", be_sync, "make a directory", make_directory, WORKS },
	{ "sync", be_sync, "rename", rename_in_state, WORKS },
	{ "sync", be_sync, "keep the old one", link_in_state, WORKS },
	{ "sync", be_sync, "remove", remove_in_state, WORKS },
	{ "sync", be_sync, "read its key", read_key, WORKS },
	{ "sync", be_sync, "write its key", write_key, BY_FILES },
	{ "sync", be_sync, "read elsewhere", read_other, BY_FILES },
	{ "sync", be_sync, "write elsewhere", write_other, BY_FILES },
	{ "sync", be_sync, "open a terminal", open_pty, BY_FILES },
	{ "sync", be_sync, "connect", connect_there, WORKS },
	{ "sync", be_sync, "resolve", read_passwd, WORKS },
	{ "sync", be_sync, "ask in a thread", start_process, WORKS },
	{ "sync", be_sync, "connect elsewhere", connect_elsewhere, BY_FILES },
	{ "sync", be_sync, "listen", listen_there, BY_CALLS },
	{ "sync", be_sync, "unix socket", socket_unix, BY_CALLS },
	{ "sync", be_sync, "packets", socket_raw, BY_CALLS },
	{ "sync", be_sync, "exec", execute, BY_BOTH },
	{ "sync", be_sync, "trace", trace, BY_CALLS },
	{ "sync", be_sync, "signal", signal_parent, BY_CALLS },
	{ "sync", be_sync, "namespace", namespace, BY_CALLS },
	{ "sync", be_sync, "typing", type_into_terminal, BY_CALLS },
	{ "sync", be_sync, "no core", core_dump, WORKS },
	{ "pages", be_pages, "read its key", read_key, WORKS },
	{ "pages", be_pages, "connect", connect_there, WORKS },
	{ "pages", be_pages, "write its key", write_key, BY_FILES },
	{ "pages", be_pages, "read elsewhere", read_other, BY_FILES },
	{ "pages", be_pages, "connect elsewhere", connect_elsewhere, BY_FILES },
	{ "pages", be_pages, "exec", execute, BY_BOTH },
	{ "inquiry", be_inquiry, "read its register", read_state, WORKS },
	{ "inquiry", be_inquiry, "connect", connect_there, WORKS },
	{ "inquiry", be_inquiry, "write its register", write_state, BY_FILES },
	{ "inquiry", be_inquiry, "write its key", write_key, BY_FILES },
	{ "inquiry", be_inquiry, "read elsewhere", read_other, BY_FILES },
	{ "inquiry", be_inquiry, "connect elsewhere", connect_elsewhere,
	    BY_FILES },
	{ "inquiry", be_inquiry, "unix socket", socket_unix, BY_CALLS },
	{ "inquiry", be_inquiry, "exec", execute, BY_BOTH },
	{ "enrol", be_join, "make", make_in_state, WORKS },
	{ "enrol", be_join, "rename", rename_in_state, WORKS },
	{ "enrol", be_join, "connect", connect_there, WORKS },
	{ "enrol", be_join, "read elsewhere", read_other, BY_FILES },
	{ "enrol", be_join, "connect elsewhere", connect_elsewhere, BY_FILES },
	{ "enrol", be_join, "exec", execute, BY_BOTH },
	{ "exec", be_exec, "exec", execute, WORKS },
	{ "exec", be_exec, "no core", core_dump, WORKS },
};

/* ---- running them ------------------------------------------------------------------ */

/* Made anew for each, since the ones before may have removed and renamed. */
static void
lay_out(void)
{
	static const char *const files[] = { "state/register.db", "state/old",
		"keys/a.key", "other/secret" };
	static const char *const directories[] = { "state", "keys", "other",
		"dev" };

	for (size_t i = 0; i < nitems(directories); i++)
		mkdir(in_work(directories[i]), 0700);
	for (size_t i = 0; i < nitems(files); i++)
		assert_int_equal(try_open(in_work(files[i]), O_RDWR | O_CREAT),
		    0);
	mkfifo(in_work("dev/fifo"), 0600);
	rmdir(in_work("state/lists"));
	unlink(in_work("state/new"));
}

/* 0 to 255: what the try gave; 256: it was killed. */
static int
outcome(void (*be)(void), int (*try)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		be();
		_exit(try());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256;
}

static bool
fenced(enum fence fence)
{
	return (fence != BY_CALLS && able.landlock > 0) ||
	    (fence != BY_FILES && able.calls);
}

#if defined(__i386__)
static bool
may_connect(void (*be)(void))
{
	for (size_t i = 0; i < nitems(cases); i++)
		if (cases[i].be == be && cases[i].try == connect_there)
			return cases[i].fence == WORKS;
	return false;
}
#endif

static void
check(size_t i)
{
	enum fence fence = cases[i].fence;
	bool well;
	int got;

	lay_out();
	/* TCP came with version 4; a sanitizer needs to start processes. */
	if (cases[i].try == connect_elsewhere && able.landlock < 4)
		return;
#if defined(__SANITIZE_ADDRESS__)
	if (cases[i].try == start_process || cases[i].try == trace)
		return;
#endif
#if defined(__i386__)
	/* Its libc has one call for all sockets, which hides the family. */
	if ((cases[i].try == socket_unix || cases[i].try == socket_raw) &&
	    may_connect(cases[i].be))
		return;
#endif
	if (fence != WORKS && !fenced(fence))
		return;
	got = outcome(cases[i].be, cases[i].try);
	well = fence == WORKS ? got == 0 : got == EACCES || got == EPERM ||
	    (cases[i].try == future_call && got == ENOSYS);
	if (!well)
		print_error("%s, %s: %d (%s)\n", cases[i].who, cases[i].what,
		    got, strerror(got));
	assert_true(well);
}

/* Where a fence is missing, what works is tried all the same; the name then
 * says what was not. qemu-user has neither. */
static void
test_each_does_what_it_needs_and_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		check(i);
}

/* The tries themselves are sound: all of them work for a free process. */
static void
be_free(void)
{
}

static void
test_what_is_tried_works_for_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		lay_out();
		if (cases[i].fence != BY_FILES && cases[i].fence != BY_BOTH)
			continue;
		if (cases[i].try == connect_elsewhere) /* nobody listens */
			assert_int_equal(outcome(be_free, cases[i].try),
			    ECONNREFUSED);
		else
			assert_int_equal(outcome(be_free, cases[i].try), 0);
	}
	assert_int_equal(outcome(be_free, connect_there), 0);
	assert_int_equal(outcome(be_free, start_process), 0);
	assert_int_equal(outcome(be_free, signal_parent), 0);
}

static void
test_the_port_of_an_address(void **state)
{
	static const struct {
		const char *url;
		int port;
	} rows[] = {
		{ "https://hub.example", 443 },
		{ "https://hub.example/", 443 },
		{ "https://hub.example:8443", 8443 },
		{ "https://hub.example:8443/a:1", 8443 },
		{ "https://[2001:db8::1]", 443 },
		{ "https://[2001:db8::1]:444/", 444 },
		{ "https://hub.example:", 443 },
		{ "https://hub.example:0", CONFINE_ANY_PORT },
		{ "https://hub.example:65536", CONFINE_ANY_PORT },
		{ "https://hub.example:44x", CONFINE_ANY_PORT },
	};

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++)
		assert_int_equal(hub_port(rows[i].url), rows[i].port);
}

static void
test_it_can_be_seen_from_outside(void **state)
{
	struct confined seen;
	char words[CONFINE_WORDS_MAX], byte;
	int ends[2], other[2];
	pid_t pid;

	(void)state;
	lay_out();
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(pipe(other), 0);
	pid = fork();
	if (pid == 0) {
		be_trace();
		_exit(write(ends[1], "x", 1) != 1 ||
		    read(other[0], &byte, 1) != 1); /* which never comes */
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(confine_of(pid, &seen), 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	for (size_t i = 0; i < 2; i++) {
		close(ends[i]);
		close(other[i]);
	}
	assert_true(seen.privileges);
	assert_int_equal(seen.calls, able.calls);
	assert_int_equal(seen.landlock, able.landlock);
	assert_int_equal(confine_of(getpid(), &seen), 0);
	assert_false(seen.calls);
	assert_int_equal(confine_of(0x7ffffff0, &seen), -1);
	confine_words(&(struct confined){ .landlock = 7, .calls = true,
	    .privileges = true }, words);
	assert_string_equal(words, "Landlock 7, seccomp, no new privileges");
	confine_words(&(struct confined){ 0 }, words);
	assert_string_equal(words, "no Landlock, no seccomp, new privileges");
}

/* What can this kernel do? */
static int
probe(void)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		confine_apply(&(struct confine){ 0 }, &able);
		_exit(write(ends[1], &able, sizeof(able)) < 0);
	}
	waitpid(pid, NULL, 0);
	return read(ends[0], &able, sizeof(able)) == sizeof(able) ? 0 : -1;
}

static int
setup(void **state)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(address);

	(void)state;
	if (mkdtemp(work) == NULL)
		return -1;
	server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(server, (const void *)&address, n) != 0 ||
	    listen(server, 100) != 0 ||
	    getsockname(server, (void *)&address, &n) != 0)
		return -1;
	port = ntohs(address.sin_port);
	lay_out();
	make_registers();
	return 0;
}

static int
teardown(void **state)
{
	static const char *const rest[] = { "state/prints.log", "state/register.db",
		"state/register.db-shm", "state/old", "state/new",
		"state/real.db", "state/real.db-wal", "state/real.db-shm",
		"state/copy.db", "state/copy.db-wal", "state/copy.db-shm",
		"keys/a.key", "other/secret", "other/made", "dev/fifo" };
	static const char *const directories[] = { "state", "keys", "other",
		"dev" };

	(void)state;
	close(server);
	rmdir(in_work("state/lists"));
	for (size_t i = 0; i < nitems(rest); i++)
		unlink(in_work(rest[i]));
	for (size_t i = 0; i < nitems(directories); i++)
		rmdir(in_work(directories[i]));
	return rmdir(work);
}

int
main(void)
{
	struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_does_what_it_needs_and_nothing_else),
		cmocka_unit_test(test_what_is_tried_works_for_others),
		cmocka_unit_test(test_it_can_be_seen_from_outside),
		cmocka_unit_test(test_the_port_of_an_address),
	};

	if (probe() != 0)
		return 1;
	if (!able.calls || able.landlock == 0)
		tests[0].name = "test_each_does_what_it_needs_and_nothing_else"
		    " # SKIP no Landlock or seccomp here (qemu-user passes"
		    " neither on): only what works was tried, not what is"
		    " forbidden";
	return cmocka_run_group_tests(tests, setup, teardown);
}
