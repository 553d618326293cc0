"""The configuration of the course, for nbgrader's own commands, its formgrader and `gd` alike."""

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearSolutions

from gdhelpers.autograder import markup, receipt, stock
from gdhelpers.autograder.release import ClearSolutionsInstead
from gdhelpers.environment import activate

# nbgrader runs `alembic` by name: the commands have to work without activating the environment.
activate()

c = get_config()  # noqa: F821 - traitlets defines it

c.CourseDirectory.course_id = "gradients"

# Released cells may hold a starter in place of a solution (fit_linear_tf does).
c.GenerateAssignment.preprocessors = [
    ClearSolutionsInstead if preprocessor is ClearSolutions else preprocessor
    for preprocessor in GenerateAssignment.preprocessors.default()
]

# nbgrader's autograde and its formgrader grade as `gd grade` does: answers in a sandbox, tests in another process.
# Without this line nbgrader grades as it always did, with tests and answers in one unprotected process.
stock.use(c)

# What a submission may use (the limits and their units: gdhelpers/autograder/settings.py), for single assignments too:
# c.Examiner.limits = {"test_seconds": 20, "memory_mib": 4096}
# c.Examiner.limits_of = {"ps3-logistic-regression": {"cell_seconds": 120}}
# Layers of the sandbox that grading may do without, where the system lacks them (`gd doctor` says which):
# c.Examiner.do_without = ["namespaces"]

# With stock nbgrader, a cell may take so long, in seconds on the clock: a busy machine takes its time to import.
c.Execute.timeout = 120

# `nbgrader zip_collect` takes in the files that Moodle and Canvas hand out:
#   Moodle  Ada Lovelace_123456_assignsubmission_file/autograd.ipynb   the number is the student's id here
#   Canvas  lovelaceada_LATE_98765_4321_autograd-1.ipynb               the name is
# Older versions of Moodle end the folder's name with "_". Either may come as a folder or as a single file.
c.FileNameCollectorPlugin.named_regexp = (
    r".*/(?:[^/]*_(?=\d+_assignsubmission_file))?(?P<student_id>[^/_]+)"
    r"(?:_assignsubmission_file|(?:_LATE)?_\d+_\d+)[_/]+(?P<file_id>[^/]+?)(?:-\d+)?\.ipynb$"
)

# Receipts lie beside the autograded notebooks and are the instructor's: feedback is made without them.
c.CourseDirectory.ignore = [*CourseDirectory.ignore.default(), receipt.PATTERN]

# Pages of feedback and of the formgrader show text and pictures: no script of a student, nothing from the network.
markup.protect(c)
