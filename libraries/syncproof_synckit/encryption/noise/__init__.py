"""The Noise Protocol Framework, revision 34, as far as two protocols need it.

`Noise_XX_25519_ChaChaPoly_SHA256` and, with the HFS extension, `Noise_XXhfs_25519+MLKEM768_ChaChaPoly_SHA256`. Each
module names the section that it follows. Sources: noiseprotocol.org/noise.html (revision 34, 2018-07-11), here
"Noise"; the draft "The Hybrid Forward Secrecy extension", here "HFS"; FIPS 203 for ML-KEM.
"""
