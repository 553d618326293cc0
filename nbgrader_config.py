"""The configuration of the course, for nbgrader's own commands, its formgrader and `gd` alike."""

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearSolutions

from gdhelpers.autograder import receipt
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

# A cell may take so long, in seconds on the clock; importing TensorFlow on a busy machine takes its time.
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

# What a student wrote is shown as text, never as a script.
c.HTMLExporter.sanitize_html = True
# Outputs are shown as pictures and text: of a table nbconvert's sanitiser leaves its markup.
c.NbConvertBase.display_data_priority = ["image/png", "image/jpeg", "text/plain"]
