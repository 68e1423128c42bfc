"""Which findings answer what a person wants to hear of each case.

Written before the doctor that is judged by it, from the line `Want:` of each case alone.
`named`: any of these says the cause. `related`: says something true of it, not the cause.
Any other finding is false. A mended twin and a healthy program want no finding at all.
"""

from typing import NamedTuple


class Want(NamedTuple):
    named: frozenset[str]
    related: frozenset[str] = frozenset()


def want(named: str, related: str = "") -> Want:
    return Want(frozenset(named.split()), frozenset(related.split()))


# The course of the loss is true of any network that does not learn.
COURSE = "loss-flat loss-rising loss-jumps"
WANTS = {
    "case_01_softmax_on_one_unit": want(
        "output-activation", f"loss-constant zero-gradient labels-range {COURSE}"
    ),
    "case_03_linear_outputs_rate_three": want(
        "step-large", f"non-finite exploding output-activation {COURSE}"
    ),
    "case_05_relu_output_ten_classes": want(
        "output-activation", f"dead zero-gradient {COURSE}"
    ),
    "case_07_sigmoid_output_large_targets": want(
        "labels-range",
        f"output-activation saturated labels-scale data-scale vanishing {COURSE}",
    ),
    "case_09_raw_pixels_sigmoid_outputs": want(
        "data-scale output-activation",
        f"step-large dead saturated exploding non-finite zero-gradient {COURSE}",
    ),
    "case_11_three_sigmoids_small_weights": want(
        "vanishing collapsed", f"step-small {COURSE}"
    ),
    "case_13_rate_too_high_convnet": want(
        "step-large", f"dead non-finite exploding collapsed zero-gradient {COURSE}"
    ),
    "case_15_rate_too_low_large_targets": want(
        "step-small labels-scale", f"data-scale {COURSE}"
    ),
    "case_17_softmax_for_many_labels": want(
        "labels-several", f"output-activation {COURSE}"
    ),
    "case_19_unscaled_sigmoid_outputs_three_classes": want(
        "data-scale output-activation",
        f"dead saturated exploding collapsed zero-gradient {COURSE}",
    ),
    "case_21_eight_sigmoids_circle": want("vanishing", f"collapsed {COURSE}"),
    "case_23_four_wide_sigmoids": want(
        "vanishing", f"collapsed saturated labels-scale step-small {COURSE}"
    ),
    "case_25_vgg_from_scratch": want("vanishing collapsed", f"dead {COURSE}"),
    "case_27_one_recurrent_unit_latch": want("vanishing", COURSE),
    "case_29_nan_in_the_table": want("data-not-finite", f"non-finite {COURSE}"),
    "case_31_relu_on_raw_images_small_weights": want(
        "data-scale dead vanishing",
        f"collapsed exploding step-large zero-gradient {COURSE}",
    ),
    "case_33_all_weights_zero": want(
        "weights-alike", f"dead collapsed vanishing zero-gradient {COURSE}"
    ),
    "case_35_discriminator_frozen_for_ever": want("frozen", COURSE),
    "case_37_argmax_in_the_middle": want("disconnected", f"collapsed {COURSE}"),
    "case_39_sigmoids_under_categorical_loss": want(
        "output-activation", f"saturated vanishing collapsed step-small {COURSE}"
    ),
    "case_41_softmax_twice": want("output-logits", f"output-activation {COURSE}"),
    "case_43_sorted_data_not_shuffled": want("data-order", COURSE),
    "case_45_gradient_clipped_to_nothing": want("step-clipped", f"step-small {COURSE}"),
    "case_47_weights_regularized_away": want(
        "penalty", f"collapsed vanishing dead zero-gradient weights-alike {COURSE}"
    ),
    "case_49_labels_shuffled_apart": want("labels-unrelated", COURSE),
}

# Of the faults by which no border was set.
HELD_WANTS = {
    "class_numbers_against_one_sigmoid": want(
        "labels-range", f"loss-impossible output-activation {COURSE}"
    ),
    "labels_of_minus_one": want("labels-range", f"loss-impossible {COURSE}"),
    "sigmoid_before_logits": want("output-logits", f"output-activation {COURSE}"),
    "logits_under_binary_crossentropy": want(
        "output-logits output-activation", f"zero-gradient {COURSE}"
    ),
    "one_unit_under_categorical_crossentropy": want(
        "loss-constant", f"output-activation zero-gradient {COURSE}"
    ),
    "five_sigmoids_for_classes": want("output-activation", f"step-small {COURSE}"),
    "softmax_for_several_tags": want("labels-several", f"output-activation {COURSE}"),
    "every_label_against_every_output": want("labels-shape", COURSE),
    "relu_output_for_negative_targets": want(
        "labels-range", f"output-activation dead zero-gradient {COURSE}"
    ),
    "labels_all_of_one_folder": want("labels-constant", COURSE),
    "fourth_powers": want(
        "data-scale labels-scale", f"saturated step-small collapsed {COURSE}"
    ),
    "adam_in_half_precision": want("step-epsilon", f"non-finite {COURSE}"),
    "averages_that_lag": want("train-predict-gap", f"data-scale {COURSE}"),
    "overlap_minimized": want("loss-impossible", f"dead zero-gradient {COURSE}"),
    "buffer_smaller_than_a_class": want("data-order", COURSE),
    "relu_in_a_recurrent_layer": want(
        "exploding", f"non-finite step-large dead zero-gradient {COURSE}"
    ),
    "rate_of_one_for_adam": want(
        "step-large", f"dead non-finite collapsed zero-gradient {COURSE}"
    ),
    "measurements_as_they_come": want(
        "data-scale", f"dead collapsed step-large zero-gradient {COURSE}"
    ),
    "units_that_never_fire": want("dead", f"zero-gradient collapsed {COURSE}"),
    "thirty_layers_of_small_weights": want("vanishing", f"collapsed dead {COURSE}"),
    "deep_sigmoids": want("vanishing", f"collapsed {COURSE}"),
    "equal_weights": want(
        "weights-alike", f"collapsed saturated zero-gradient {COURSE}"
    ),
    "rate_of_a_millionth": want("step-small", COURSE),
    "loss_goes_to_integers": want("disconnected", f"zero-gradient frozen {COURSE}"),
}
