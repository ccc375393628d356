# SPDX-License-Identifier: GPL-3.0-or-later
# The numbered migrations as a table in C: make runs this.
BEGIN {
	print "#include \"parts.h\"\n\nconst struct migration migrations[] = {"
}
FNR == 1 {
	if (n++ > 0)
		print "},"
	name = FILENAME
	sub(/.*\//, "", name)
	printf "{ .name = \"%s\", .sql =\n", name
}
/^--/ { next }
{
	gsub(/\\/, "\\\\\\\\")
	gsub(/"/, "\\\"")
	printf "\"%s\\n\"\n", $0
}
END { print "} };\nconst size_t migrations_count = " n ";" }
