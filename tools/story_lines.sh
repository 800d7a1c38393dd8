#!/usr/bin/env bash
# What of a played story fits on a picture: some of its steps, who got what, and the verdict.
set -euo pipefail
awk '
  /^day +/ && (++steps <= 12 || /advances|sealed|approves the project|posted at once|bank paid/) { print; skipped = 0; next }
  /^day +/ { if (!skipped++) print "         …"; next }
  /^(THE FINAL RUN|WHO GOT WHAT|IN THE END)/ { table = 1; print "" }
  /^(THE PLAN|THE GOODS)/ { table = 0 }
  /^Every one of/ { verdict = $0; next }
  /fits$|FINDINGS/ { table = 0 }
  table && NF { print }
  END { print ""; print verdict }
'
