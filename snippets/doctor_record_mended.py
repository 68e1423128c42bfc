"""Whom does the doctor accuse among mended and healthy programs, in this build?

Fixed: one seed for each program, before training. Varies: the program. Nothing
is drawn.
"""

from cases.judging import judge_program, list_programs

accused = {}  # program -> kinds of findings, of those that have any
judged = 0
for program in list_programs():
    if program.group == "shared" and program.role != "faulty":
        seen = judge_program(program, seed=0, train=False)
        judged += 1
        if kinds := seen["before"]:
            accused[program.key] = sorted(kinds)

number_accused = len(accused)
print(accused or "none is accused")
