"""Why does this Keras model not learn? Examine it before training, or watch it train.

from gradient_doctor import GradientDoctor, examine

print(examine(model, x, y))
model.fit(x, y, callbacks=[GradientDoctor(x, y)])
"""

from gradient_doctor.examination import examine
from gradient_doctor.finding import Finding
from gradient_doctor.report import Report
from gradient_doctor.watch import GradientDoctor

__version__ = "1.0"
__all__ = ["Finding", "GradientDoctor", "Report", "examine"]
